CREATE STREAM s (a REAL) WITH (format = 3)
