SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp)
FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
GROUP BY window_start, window_end, device
SETTINGS batch_rows = 32, max_groups = 64;
