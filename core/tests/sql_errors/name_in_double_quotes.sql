CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT device FROM s WHERE name = "hello";
