-- Two queries over one stream, each with an output of its own.
--
--   ringql run examples/queries/two_outputs.sql --output warm=warm.csv --output cold=cold.csv
--
-- They run one after the other and each reads the input from its start.

CREATE STREAM hourly (
    ts       TIMESTAMP NOT NULL,
    station  VARCHAR(4) NOT NULL,
    temp_f   DOUBLE
) WITH (source = '../data/noaa_hourly_2010.csv');

INSERT INTO warm SELECT ts, station, temp_f FROM hourly WHERE temp_f > 75;

INSERT INTO cold SELECT ts, station, temp_f FROM hourly WHERE temp_f < 38;
