-- One row per station over the whole input, and how many of its hours were mild.
--
--   ringql run examples/queries/stations.sql
--
-- Without a window there is nothing that closes before the input ends: the results come then.

CREATE STREAM hourly (
    ts       TIMESTAMP NOT NULL,
    station  VARCHAR(4) NOT NULL,
    temp_f   DOUBLE
) WITH (source = '../data/noaa_hourly_2010.csv');

SELECT
    station,
    COUNT(*)                                                 AS hours,
    SUM(CASE WHEN temp_f BETWEEN 60 AND 70 THEN 1 ELSE 0 END) AS mild_hours,
    MIN(temp_f)                                              AS low,
    MAX(temp_f)                                              AS high
FROM hourly
GROUP BY station;
