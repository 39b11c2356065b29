CREATE STREAM s (ts TIMESTAMP, device INTEGER);
SELECT COUNT(*) FROM STATE_WINDOW(s, device = 1, device = 2) GROUP BY window_start
