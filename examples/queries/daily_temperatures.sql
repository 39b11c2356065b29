-- Per weather station and day: how many readings, and the lowest, highest and average temperature.
--
--   ringql run examples/queries/daily_temperatures.sql
--
-- Days are counted in event time: the time in the reading, not the time at which it is read. The
-- watermark trails the latest reading by one hour; when it passes the end of a day, that day's rows
-- are printed and its memory is free for the next one.

CREATE STREAM hourly (
    ts       TIMESTAMP NOT NULL,
    station  VARCHAR(4) NOT NULL,
    temp_f   DOUBLE,
    WATERMARK FOR ts AS ts - INTERVAL '1' HOUR
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT
    window_start AS day,
    station,
    COUNT(*)     AS readings,
    MIN(temp_f)  AS low,
    MAX(temp_f)  AS high,
    AVG(temp_f)  AS mean
FROM TUMBLE(hourly, ts, INTERVAL '1' DAY)
GROUP BY window_start, window_end, station
-- Memory for 16 stations in the days that are open, and not a byte more. A 17th would be an error.
SETTINGS max_groups = 16;
