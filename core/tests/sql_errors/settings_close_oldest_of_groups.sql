CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT n, COUNT(*) FROM (SELECT device, COUNT(*) AS n FROM s GROUP BY device) GROUP BY n SETTINGS on_full = 'close_oldest'
