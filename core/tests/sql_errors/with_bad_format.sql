CREATE STREAM s (a REAL) WITH (source = 'x.csv', format = 'jsonl')
