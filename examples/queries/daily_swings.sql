-- Days on which the temperature moved by more than 14 degrees: HAVING filters finished groups.
--
--   ringql run examples/queries/daily_swings.sql

CREATE STREAM hourly (
    ts       TIMESTAMP NOT NULL,
    station  VARCHAR(4) NOT NULL,
    temp_f   DOUBLE,
    WATERMARK FOR ts AS ts - INTERVAL '1' HOUR
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT
    window_start                AS day,
    station,
    MAX(temp_f) - MIN(temp_f)   AS swing
FROM TUMBLE(hourly, ts, INTERVAL '1' DAY)
GROUP BY window_start, window_end, station
HAVING MAX(temp_f) - MIN(temp_f) > 14;
