CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
CREATE VIEW v AS SELECT window_end, COUNT(*) AS n FROM STATE_WINDOW(s, temp > 1, temp < 1) GROUP BY window_end;
SELECT COUNT(*) FROM TUMBLE(v, window_end, INTERVAL '1' HOUR) GROUP BY window_start
