CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
CREATE VIEW v AS SELECT window_start, window_end, device, COUNT(*) AS n
FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start, device;
CREATE VIEW v AS SELECT window_start, window_end, device, COUNT(*) AS n
FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start, device;

