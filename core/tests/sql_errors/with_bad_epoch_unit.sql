CREATE STREAM s (a REAL) WITH (source = 'x.csv', epoch_unit = 'minutes')
