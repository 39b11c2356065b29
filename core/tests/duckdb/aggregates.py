"""Writes aggregates.tsv: what DuckDB 2.0 makes of the aggregate functions.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/aggregates.py > core/tests/duckdb/aggregates.tsv

A line `column NAME TYPE` for each column of the table, a line `row VALUE ...` for each row, and a
line `EXPRESSION TYPE HOW TIME VALUES` for each expression: HOW is `=` or `~` (floats may differ in
the last digits: sums are added up in another order), TIME says whether the stream has event time
(`ts`) or not (`-`). VALUES are its values as text, with `|` in between: of all rows, then of each
group of `k` from the least on. The TYPE is `error` where DuckDB refuses the expression.

Where RingQL has functions that DuckDB lacks, or takes rows in the order of event time, DuckDB
computes the same from its own.
"""

import duckdb

COLUMNS = {
    "k": "INTEGER", "ts": "TIMESTAMP", "b": "BOOLEAN", "i1": "TINYINT", "i4": "INTEGER", "i8": "BIGINT",
    "u1": "UTINYINT", "u8": "UBIGINT", "r": "REAL", "d": "DOUBLE", "e": "DOUBLE", "f": "DOUBLE", "p": "DECIMAL(9,2)",
    "q": "DECIMAL(30,4)", "t": "TIMESTAMP", "dt": "DATE", "tm": "TIME", "iv": "INTERVAL", "s": "VARCHAR(8)",
    "uu": "UUID", "bl": "VARBINARY(6)",
}
STATE = 2024


def random(n):
    global STATE
    STATE = (STATE * 6364136223846793005 + 1442695040888963407) % 2**64
    return (STATE >> 33) % n


def rows():
    for i in range(160):
        # Group 7 has one row, group 8 only NULLs.
        k = 7 if i == 80 else 8 if i % 23 == 0 else 1 + random(6)
        # Out of order, and some at the same time.
        second = max(0, i + random(9) - 4)

        def maybe(value):
            return None if k == 8 or random(8) == 0 else value

        yield (
            k, f"2024-01-01 00:{second // 60:02}:{second % 60:02}", maybe(random(3) > 0),
            maybe(random(256) - 128), maybe(random(2000) - 1000), maybe(random(1 << 31) * random(1 << 31)),
            maybe(random(200)), maybe(random(1 << 31) << 32), maybe((random(4000) - 2000) / 16),
            maybe([float("nan"), float("inf"), -float("inf"), -0.0, 0.0, 1e100][random(6)] if random(6) == 0
                  else (random(4000) - 2000) / 64),
            maybe((random(100000) - 50000) / 7 + 1000), maybe(random(1000) / 8),
            maybe(f"{random(20000) - 10000}.{random(100):02}"),
            maybe(f"{random(1 << 31) * random(1 << 31) - (1 << 60)}.{random(10000):04}"),
            maybe(f"20{random(80):02}-0{1 + random(9)}-1{random(10)} 0{random(10)}:0{random(10)}:00.{random(1000):03}"),
            maybe(f"19{10 + random(80)}-0{1 + random(9)}-2{random(9)}"),
            maybe(f"{random(24):02}:{random(60):02}:{random(60):02}.{random(1000000):06}"),
            maybe(f"{random(3)} months {random(40)} days {random(100000)} seconds"),
            maybe(["", "a", "b", "äö", 'say "x"', "tab\t", "zzzzzzzz", "\\n"][random(8)]),
            maybe(f"{random(1 << 31):08x}-0000-0000-0000-00000000000{random(4)}"),
            maybe(["", "a", "\\x00", "\\xFF\\x01", "abc"][random(5)]),
        )


NUMBERS = ["i1", "i4", "i8", "u1", "u8", "r", "d", "e", "f", "p", "q"]
OTHERS = ["b", "t", "dt", "tm", "iv", "s", "uu", "bl"]
FINITE = ["i1", "i4", "r", "e", "f", "p"]
ALL = NUMBERS + OTHERS


def plain():
    """Expressions that both have: (how, expression)."""
    for x in ALL:
        for f in ("count", "min", "max"):
            yield "=", f"{f}({x})"
        yield "=", f"count(DISTINCT {x})"
        for y in ("i4", "s", "t", "d"):
            for f in ("arg_min", "arg_max", "arg_min_null", "arg_max_null"):
                yield "=", f"{f}({x}, {y})"
        yield "=", f"min_by(i4, {x})"
        yield "=", f"max_by(i4, {x})"
        for q in ("0.5", "0", "1", "0.29"):
            yield "=", f"quantile_disc({x}, {q})"
        yield "~", f"median({x})"
        yield "=", f"quantile_disc(DISTINCT {x}, 0.75)"
        if x != "uu":  # longer than a VARCHAR
            yield "=", f"string_agg({x}, '-')"
        yield "~", f"avg({x})"
        yield "~", f"sum({x})"
        yield "=", f"bit_and({x})"
        yield "=", f"bit_or({x})"
        yield "=", f"bit_xor({x})"
        yield "~", f"quantile_cont({x}, 0.3)"
        yield "=", f"quantile_cont({x}, 1)"
    for x in NUMBERS:
        yield "~", f"sum(DISTINCT {x})"
        yield "~", f"avg(DISTINCT {x})"
        yield "~", f"median(DISTINCT {x})"
        yield "~", f"quantile_cont(DISTINCT {x}, 0.3)"
    for x in FINITE + ["i8", "d", "q"]:
        for f in ("var_pop", "var_samp", "variance", "stddev_pop", "stddev_samp", "stddev", "sem"):
            yield "~", f"{f}({x})"
        for y in ("e", "i4", "d"):
            for f in ("covar_pop", "covar_samp", "corr", "regr_slope", "regr_intercept", "regr_r2", "regr_count",
                      "regr_avgx", "regr_avgy", "regr_sxx", "regr_syy", "regr_sxy"):
                yield "~", f"{f}({x}, {y})"
    for x in FINITE + ["d"]:
        for f in ("skewness", "kurtosis", "kurtosis_pop"):
            yield "~", f"{f}({x})"
    for f in ("count_if", "countif", "bool_and", "bool_or"):
        yield "=", f"{f}(b)"
        yield "=", f"{f}(i4 > 0)"
        yield "=", f"{f}(i4)"
    yield "=", "count(*)"
    yield "=", "string_agg(s)"
    yield "=", "string_agg(s, '')"
    yield "=", "string_agg(s, ', ')"
    yield "=", "group_concat(s)"
    yield "=", "listagg(s, ';')"
    yield "~", "mean(e)"
    yield "~", "quantile(e, 0.5)"
    yield "~", "corr(e, e)"
    yield "~", "regr_slope(e, 1)"
    yield "~", "regr_r2(1, e)"
    yield "~", "var_pop(7)"
    for f in ("skewness", "kurtosis", "stddev_samp"):
        yield "~", f"{f}(1)"
    for x in ("i4 + 1", "NULL", "i4 * 2.5", "'x'"):
        for f in ("count", "sum", "median", "min", "var_samp"):
            yield "~", f"{f}({x})"


# Some values are counted, none, or those of a condition that can be NULL.
FILTERS = ("i4 > 0", "b", "FALSE")


def ordered():
    """Functions that go by event time, in DuckDB by ORDER BY; without it by arrival."""
    for x in ALL:
        first = f"first({x} ORDER BY ts, {x} NULLS LAST)"
        yield "=", f"first({x})", first, f"first({x} ORDER BY id)"
        yield "=", f"last({x})", f"last({x} ORDER BY ts, {x} NULLS FIRST)", f"last({x} ORDER BY id)"
        some = f"{first} FILTER (WHERE {x} IS NOT NULL)"
        yield "=", f"any_value({x})", some, f"any_value({x} ORDER BY id)"
    yield "=", "first_value(i4)", "first(i4 ORDER BY ts, i4 NULLS LAST)", "first(i4 ORDER BY id)"
    yield "=", "arbitrary(i4)", "first(i4 ORDER BY ts, i4 NULLS LAST)", "first(i4 ORDER BY id)"
    yield "=", "last_value(i4)", "last(i4 ORDER BY ts, i4 NULLS FIRST)", "last(i4 ORDER BY id)"


def series(x, order):
    """Neighbours of x in the order of event time."""
    over = f"OVER (PARTITION BY g ORDER BY {order})"
    return (f"SELECT g, x, ts, lag(x) {over} AS px, lead(ts) {over} AS nts, row_number() {over} AS n"
            f" FROM (SELECT GROUPING AS g, CAST({x} AS DOUBLE) AS x, ts, id FROM s WHERE {x} IS NOT NULL)")


INCREASE = "CASE WHEN count(*) > 1 THEN sum(CASE WHEN px IS NULL THEN 0 WHEN x >= px THEN x - px ELSE x END) END"
MICROS = "(epoch_us(max(ts)) - epoch_us(min(ts)))"
FIRST, LAST = "first(x ORDER BY n)", "last(x ORDER BY n)"


def neighbours():
    """(how, expression, aggregate over the neighbours, column, with event time or without)."""
    for x in ("i4", "e", "f", "p"):
        for time in ("ts", "-"):
            yield "~", f"increase({x})", INCREASE, x, time
            yield "~", f"delta({x})", f"CASE WHEN count(*) > 1 THEN {LAST} - {FIRST} END", x, time
        rate = f"CASE WHEN {MICROS} > 0 THEN {INCREASE} / ({MICROS} / 1e6) END"
        yield "~", f"rate({x})", rate, x, "ts"
        area = f"sum(x * (epoch_us(nts) - epoch_us(ts))) / {MICROS}"
        yield "~", f"twa({x})", f"CASE WHEN {MICROS} > 0 THEN {area} ELSE {LAST} END", x, "ts"
    for alpha in (0.25, 1):
        weights = f"CASE WHEN n = 1 THEN 1 ELSE {alpha} END * pow(1 - {alpha}, c - n)"
        yield "~", f"ewma(e, {alpha})", f"sum(x * {weights})", "e", "-"


def counted():
    """Texts that DuckDB makes of its own functions: (expression, query for the groups' g and value)."""
    low, high, n = -500, 500.5, 4
    parts = [f"count(*) FILTER (WHERE e < {low})"]
    parts += [
        f"count(*) FILTER (WHERE e >= {low} AND e < {high} AND floor((e - {low}) / ({high} - {low}) * {n}) = {i})"
        for i in range(n)
    ]
    parts.append(f"count(*) FILTER (WHERE e >= {high})")
    text = " || ',' || ".join(parts)
    yield f"histogram(e, {low}, {high}, {n})", (
        f"SELECT GROUPING AS g, CASE WHEN count(e) > 0 THEN '[' || {text} || ']' END AS v FROM s GROUP BY ALL")
    for x in ("i1", "b", "s", "p", "dt"):
        json = f"CAST({x} AS VARCHAR)" if x in ("i1", "b", "p") else f"CAST(to_json(CAST({x} AS VARCHAR)) AS VARCHAR)"
        yield f"approx_top_k({x}, 3)", (
            f"WITH c AS (SELECT GROUPING AS g, {x}, {json} AS j, count(*) AS c FROM s WHERE {x} IS NOT NULL GROUP BY ALL),"
            f" o AS (SELECT *, row_number() OVER (PARTITION BY g ORDER BY c DESC, {x}) AS n FROM c)"
            f" SELECT g, CASE WHEN count(n) > 0 THEN '[' || string_agg('[' || j || ',' || c || ']', ',' ORDER BY n)"
            f" || ']' END AS v FROM (SELECT DISTINCT GROUPING AS g FROM s) LEFT JOIN o USING (g)"
            f" WHERE n <= 3 OR n IS NULL GROUP BY ALL")


ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "|": "\\p"}


def escape(value):
    if value is None:
        return "NULL"
    if value == "NULL":
        return "\\&NULL"
    return "nan" if value == "-nan" else "".join(ESCAPES.get(c, c) for c in value)


con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'; SET threads = 1; SET disabled_optimizers = 'statistics_propagation'")
duck = {n: "BLOB" if t.startswith("VARBINARY") else t for n, t in COLUMNS.items()}
con.execute("CREATE TABLE s (" + ", ".join(f"{n} {t}" for n, t in duck.items()) + ", id INTEGER)")
casts = ", ".join(f"CAST(CAST(? AS VARCHAR) AS {t})" for t in duck.values())
for i, row in enumerate(rows()):
    cells = [str(v).lower() if isinstance(v, bool) else v for v in row]
    con.execute(f"INSERT INTO s VALUES ({casts}, {i})", cells)
GROUPS = [k for (k,) in con.execute("SELECT DISTINCT k FROM s ORDER BY k").fetchall()]
for name, kind in COLUMNS.items():
    print("column", name, kind, sep="\t")
for row in con.execute("SELECT CAST(COLUMNS(* EXCLUDE id) AS VARCHAR) FROM s ORDER BY id").fetchall():
    print("row", *(escape(v) for v in row), sep="\t")


def line(how, expression, time, query):
    """`query`: SQL with the columns g and v, for a GROUPING that it names."""
    try:
        values, kind = [], None
        for grouping in ("0", "k"):
            sql = query.replace("GROUPING", grouping)
            kind = str(con.execute(f"SELECT v FROM ({sql}) LIMIT 0").description[0][1]).replace('"', "")
            found = dict(con.execute(f"SELECT g, CAST(v AS VARCHAR) FROM ({sql})").fetchall())
            values += [found.get(g) for g in ([0] if grouping == "0" else GROUPS)]
        values = "|".join(escape(v) for v in values)
    except duckdb.Error as error:
        kind, values = "error", " ".join(str(error).split("\n")[0].split())
    print(expression, kind, how, time, values, sep="\t")


def group(value):
    return f"SELECT GROUPING AS g, {value} AS v FROM s GROUP BY ALL"


seen = set()
for n, (how, expression) in enumerate(plain()):
    if expression not in seen:
        seen.add(expression)
        line(how, expression, "-", group(expression))
        filtered = f"{expression} FILTER (WHERE {FILTERS[n % len(FILTERS)]})"
        line(how, filtered, "-", group(filtered))
for how, expression, by_time, by_arrival in ordered():
    line(how, expression, "ts", group(by_time))
    line(how, expression, "-", group(by_arrival))
for how, expression, value, x, time in neighbours():
    inner = series(x, "ts, x" if time == "ts" else "id")
    inner = f"SELECT *, count(*) OVER (PARTITION BY g) AS c FROM ({inner})"
    line(how, expression, time, f"SELECT g, {value} AS v FROM ({inner}) GROUP BY g")
for expression, query in counted():
    line("=", expression, "-", query)
