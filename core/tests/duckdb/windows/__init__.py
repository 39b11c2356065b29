"""Random queries over event time, and the same meaning in DuckDB's SQL.

    streams.py     random streams: rows in order, out of order within the watermark's delay, or late
    kinds.py       windows of each kind: RingQL's SQL, and arithmetic on the time in DuckDB's
    aggregates.py  aggregates: RingQL's SQL and DuckDB's
    queries.py     queries of all these
    views.py       queries over the results of such queries
    cases.py       one of them
"""
