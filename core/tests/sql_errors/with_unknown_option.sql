CREATE STREAM s (a REAL) WITH (sorce = 'x.csv')
