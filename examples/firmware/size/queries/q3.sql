SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device
SETTINGS batch_rows = 32, max_groups = 64;
