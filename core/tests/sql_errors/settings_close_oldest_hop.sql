CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT device, COUNT(*) FROM HOP(s, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR) GROUP BY device, window_end SETTINGS on_full = 'close_oldest'
