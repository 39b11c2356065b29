"""Writes queries.tsv: what DuckDB 2.0 answers to whole queries.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/queries.py > core/tests/duckdb/queries.tsv

Lines that start with `row` are the table. Then, for each query, a line `query`, a line `names` with
the names of its columns, and a line `out` for each row of its result, sorted.
"""

import duckdb

QUERIES = """
SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3
SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1
SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device
SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp) FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start, window_end, device
SELECT * FROM s
SELECT s.*, device + 1 FROM s WHERE name IS NOT NULL
SELECT * FROM TUMBLE(s, ts, INTERVAL '7' SECOND) WHERE device = 1
SELECT window_end, window_start, window_end - INTERVAL '1' SECOND FROM TUMBLE(s, ts, INTERVAL '7' SECOND)
SELECT COUNT(*), COUNT(temp), COUNT(name), SUM(n), MIN(n), MAX(n), MIN(name), MAX(name) FROM s
SELECT COUNT(*), COUNT(temp), SUM(n), AVG(n), MIN(name), MAX(ts) FROM s WHERE FALSE
SELECT device, COUNT(*) FROM s WHERE FALSE GROUP BY device
SELECT SUM(n) + 1, SUM(n) + COUNT(*), AVG(n) * 2, SUM(n) FROM s
SELECT device, SUM(n) AS total FROM s GROUP BY device HAVING total > 100 AND COUNT(*) > 3
SELECT device, SUM(n) + 1, AVG(temp) FROM s GROUP BY device HAVING SUM(n) + 1 > 100 OR AVG(temp) IS NULL
SELECT device FROM s GROUP BY device HAVING device % 2 = 0
SELECT device % 3, COUNT(*) FROM s GROUP BY device % 3
SELECT device % 3 + 1, device % 3 FROM s GROUP BY device % 3
SELECT device % 3 AS k, COUNT(*) AS c FROM s GROUP BY k HAVING c > 10
SELECT COUNT(*), name FROM s GROUP BY 2
SELECT name, ok, COUNT(*), SUM(n) FROM s GROUP BY name, ok
SELECT ok, MIN(ok), MAX(ok), SUM(ok), COUNT(ok) FROM s GROUP BY ok
SELECT device, device + 1 AS next, next * 2 FROM s WHERE next > 3
SELECT CASE WHEN n > 50 THEN 'high' WHEN n > 20 THEN 'mid' ELSE 'low' END AS level, COUNT(*) FROM s GROUP BY level
SELECT CASE device WHEN 1 THEN 'one' WHEN 2 THEN 'two' END, n FROM s WHERE n IS NOT NULL
SELECT COALESCE(name, 'none'), COUNT(*) FROM s GROUP BY COALESCE(name, 'none')
SELECT n * n + 1, n * n, n * n > 100 FROM s WHERE n * n > 50
SELECT n * n AS q FROM s WHERE q > 50 AND q < 5000 AND n IN (8, 9, 10, 11, 55)
SELECT -n, ABS(-n), n % 7, n / 7, NULLIF(n, 3) FROM s WHERE NOT (n < 5 OR n > 60)
SELECT ts + INTERVAL '1' HOUR, ts - INTERVAL 1 DAY FROM s WHERE ts >= '2020-01-01 00:01:00'
SELECT device, COUNT(*) FROM s WHERE temp BETWEEN 20 AND 30 GROUP BY device
SELECT window_start, COUNT(*) FROM TUMBLE(s, ts, INTERVAL '30' SECOND) WHERE n * 2 > 20 GROUP BY window_start HAVING COUNT(*) > 2
SELECT window_end, SUM(n * 2), MAX(n * 2) FROM TUMBLE(s, ts, INTERVAL '30' SECOND) WHERE n * 2 > 20 GROUP BY window_end
SELECT window_start + INTERVAL '1' SECOND AS w, COUNT(*) FROM TUMBLE(s, ts, INTERVAL '30' SECOND) GROUP BY w
SELECT MIN(window_start), MAX(window_end), COUNT(*) FROM TUMBLE(s, ts, INTERVAL '30' SECOND)
SELECT name, window_start, ok, COUNT(*) FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY name, window_start, ok
SELECT window_start FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start
SELECT device, 'x', 1.5, NULL, TRUE FROM s WHERE device = 3
SELECT 'a', COUNT(*) FROM s GROUP BY 1
SELECT 1 + 1, COUNT(*) FROM s
SELECT COUNT(*) + COUNT(*), COUNT(*) FROM s
SELECT temp, temp, temp AS t FROM s WHERE temp > 34
SELECT SUM(temp), SUM(CAST(temp AS DOUBLE)), AVG(CAST(n AS REAL)) FROM s WHERE device = 2
SELECT device, SUM(CASE WHEN ok THEN 1 ELSE 0 END), COUNT(CASE WHEN ok THEN 1 END) FROM s GROUP BY device
SELECT device, MAX(temp) - MIN(temp), MAX(temp) > 30 FROM s GROUP BY device
SELECT q.device FROM s AS q WHERE q.device = 4 AND Q.N > 10
SELECT n FROM s WHERE n > 10 AND (ok OR name = 'b') AND NOT (device = 2)
SELECT n, ok AND n > 50, ok OR n > 50, NOT ok FROM s WHERE device < 3
""".strip().splitlines()

COLUMNS = "ts TIMESTAMP, device INTEGER, temp REAL, humidity REAL, status UTINYINT, n INTEGER, name VARCHAR, ok BOOLEAN"


def rows():
    state = 12345

    def random(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % n

    for i in range(150):
        yield (
            f"2020-01-01 00:{i // 60:02}:{i % 60:02}.{random(10)}", 1 + random(6),
            None if random(10) == 0 else 15 + random(80) / 4, 20 + random(280) / 4, random(8),
            None if random(8) == 0 else random(70),
            None if random(9) == 0 else "abcd"[random(4)] * (1 + random(3)),
            None if random(7) == 0 else random(2) == 1,
        )


def windows(sql):
    """TUMBLE in DuckDB's SQL."""
    head, _, rest = sql.partition("TUMBLE(s, ts, ")
    if not rest:
        return sql
    size, _, rest = rest.partition(")")
    start = f"make_timestamp(epoch_us(ts) // epoch_us({size}) * epoch_us({size}))"
    return f"{head}(SELECT *, {start} AS window_start, {start} + {size} AS window_end FROM s) AS s{rest}"


def text(value):
    return "NULL" if value is None else value


con = duckdb.connect()
con.execute(f"CREATE TABLE s ({COLUMNS})")
for row in rows():
    con.execute("INSERT INTO s VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
for row in con.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM s ORDER BY ts").fetchall():
    print("row", *(text(v) for v in row), sep="\t")
for query in QUERIES:
    print("query", query, sep="\t")
    result = con.execute(windows(query))
    names = [d[0] for d in result.description]
    print("names", *names, sep="\t")
    columns = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(len(names)))
    aliases = ", ".join(f"c{i}" for i in range(len(names)))
    out = con.execute(f"SELECT {columns} FROM ({windows(query)}) AS t({aliases})").fetchall()
    for row in sorted("\t".join(text(v) for v in row) for row in out):
        print("out", row, sep="\t")
