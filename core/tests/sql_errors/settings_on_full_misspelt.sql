CREATE STREAM s (
    ts TIMESTAMP, device INTEGER NOT NULL, temp REAL, name VARCHAR(16),
    on_time BOOLEAN, big BIGINT UNSIGNED,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
);
SELECT device, COUNT(*) FROM s GROUP BY device SETTINGS on_full = 'evict_odlest'
