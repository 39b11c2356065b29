SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1
SETTINGS batch_rows = 32;
