CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT COUNT(*) FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start SETTINGS allowed_lateness = '10 secs ago'
