-- A day's temperatures of each weather station, printed when the day is over.
--
-- `build.rs` compiles it for the device; on a host: ringql run examples/firmware/query.sql

CREATE STREAM readings (
    ts      TIMESTAMP NOT NULL,
    station VARCHAR(3) NOT NULL,
    temp_f  REAL NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '1' HOUR
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT
    station,
    window_start AS day,
    COUNT(*)     AS readings,
    MIN(temp_f)  AS coldest,
    MAX(temp_f)  AS warmest,
    AVG(temp_f)  AS mean
FROM TUMBLE(readings, ts, INTERVAL '1' DAY)
GROUP BY window_start, window_end, station
-- RAM for 8 stations in the days that are open, and for 32 records at a time.
SETTINGS max_groups = 8, batch_rows = 32;
