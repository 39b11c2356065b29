SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3
SETTINGS batch_rows = 32;
