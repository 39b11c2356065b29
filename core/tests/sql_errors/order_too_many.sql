CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT device, COUNT(*) FROM s GROUP BY device ORDER BY device + 0, device + 1, device + 2, device + 3, device + 4, device + 5, device + 6, device + 7, device + 8, device + 9, device + 10, device + 11, device + 12, device + 13, device + 14, device + 15, device + 16
