-- A day's temperatures of each station in degrees Celsius, by functions of the device's own
-- (`src/functions.rs`): what is colder than 5 degrees is not believed.

CREATE STREAM readings (
    ts      TIMESTAMP NOT NULL,
    station VARCHAR(3) NOT NULL,
    temp_f  REAL NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '1' HOUR
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT
    station,
    window_start                                AS day,
    COUNT(plausible(celsius(temp_f), 5, 60))    AS readings,
    MIN(plausible(celsius(temp_f), 5, 60))      AS coldest,
    MAX(celsius(temp_f))                        AS warmest
FROM TUMBLE(readings, ts, INTERVAL '1' DAY)
GROUP BY window_start, window_end, station
SETTINGS max_groups = 8, batch_rows = 32;
