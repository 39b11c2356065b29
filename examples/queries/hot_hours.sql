-- The hottest hours, in degrees Celsius: a filter and a computed column, row by row.
--
--   ringql run examples/queries/hot_hours.sql
--   ringql run examples/queries/hot_hours.sql --format ndjson | head -3

CREATE STREAM hourly (
    ts       TIMESTAMP NOT NULL,
    station  VARCHAR(4) NOT NULL,
    temp_f   DOUBLE
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT ts, station, temp_f, (temp_f - 32) / 1.8 AS temp_c
FROM hourly
WHERE temp_f >= 75.5;
