"""Writes expressions.tsv: what DuckDB 2.0 makes of expressions over a small table.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/expressions.py > core/tests/duckdb/expressions.tsv

One line an expression: the expression, the name and the type of its column, and its value in each
row as text (NULL where it is NULL or fails), with `|` in between. Lines that start with `row` are
the table. The type is `error` where DuckDB refuses the expression. `*` in place of the values:
not compared.
"""

import itertools
import duckdb

COLUMNS = {
    "b": "BOOLEAN", "i1": "TINYINT", "i2": "SMALLINT", "i4": "INTEGER", "i8": "BIGINT",
    "u1": "UTINYINT", "u2": "USMALLINT", "u4": "UINTEGER", "u8": "UBIGINT",
    "r": "REAL", "d": "DOUBLE", "t": "TIMESTAMP", "s": "VARCHAR",
}
ROWS = [
    ["true", "1", "2", "3", "4", "5", "6", "7", "8", "1.5", "2.25", "2020-01-01 00:00:00", "12"],
    [None] * 13,
    ["false", "0", "0", "0", "0", "0", "0", "0", "0", "0.0", "-0.0", "1970-01-01 00:00:00", "true"],
    ["true", "127", "32767", "2147483647", "9223372036854775807", "255", "65535", "4294967295",
     "18446744073709551615", "3.4028235e38", "1.7976931348623157e308",
     "2262-04-11 23:47:16.854775", "1.5"],
    ["false", "-128", "-32768", "-2147483648", "-9223372036854775808", "1", "1", "1", "1",
     "-inf", "nan", "1969-12-31 23:59:59.999999", "abc"],
    ["true", "-7", "-7", "-7", None, "200", "40000", "7", "7", "-2.5", "3.5",
     "2000-02-29 12:34:56.5", "2020-02-29 01:02:03"],
]
NUMBERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "r", "d"]
ALL = list(COLUMNS)
LITERALS = ["1", "-1", "300", "-300", "100000", "3000000000", "1.5", "1e3", "NULL", "TRUE", "'1'"]


def expressions():
    for a, b in itertools.product(NUMBERS, NUMBERS):
        yield f"{a} + {b}"
        yield f"CASE WHEN b THEN {a} ELSE {b} END"
    for a, b in itertools.combinations_with_replacement(NUMBERS, 2):
        yield f"{a} - {b}"
        yield f"{a} * {b}"
        yield f"{b} / {a}"
        yield f"{a} % {b}"
    for a, b in itertools.product(ALL, ALL):
        yield f"{a} = {b}"
        yield f"CAST({a} AS {COLUMNS[b]})"
    for a, b in itertools.combinations_with_replacement(ALL, 2):
        yield f"{a} < {b}"
        yield f"COALESCE({a}, {b})"
        yield f"NULLIF({a}, {b})"
    for a, l in itertools.product(ALL, LITERALS):
        yield f"{a} - {l}"
        yield f"{l} <= {a}"
        yield f"COALESCE({a}, {l})"
    for a in NUMBERS:
        yield from (f"-{a}", f"+{a}", f"ABS({a})", f"{a} / 2", f"7 % {a}", f"{a} * 2 + 1")
    for a in ALL:
        yield from (f"{a} IS NULL", f"{a} IS NOT NULL", f"NOT {a}", f"{a} AND b", f"{a} IS TRUE",
                    f"CASE WHEN {a} THEN 1 END", f"{a} IN ({a}, NULL)")
    yield from """
-1.5|+1|-.5|- (1)|-(-1)|- -1|1e3|.5|1.|1_000|1.50|300|3000000000|-9223372036854775808|NULL
TRUE|'it''s'|''|1 + 2|2147483647 + 0|1 / 2|7 % 2|-7 % 2|1 + 3000000000|1 = 1.0|'1' = 1|'a' = 'b'
1 IS NULL|NULL IS NULL|NULL = NULL|NULL + NULL|-NULL|ABS(NULL)|ABS(-1)|NOT NULL|1 < 2 AND 2 < 3
b AND b|b AND NOT b|b OR NULL|b AND NULL|b AND TRUE|b OR TRUE|b AND FALSE|FALSE AND b|NULL AND b
b and (b and b)|(b and b) and b|b or (b or b)|(b or b) or b|not (b and b)|b and b and b or b or b
NOT NOT b|b IS TRUE|b IS NOT TRUE|b IS FALSE|b IS NOT FALSE|b IS UNKNOWN|b IS NOT UNKNOWN
b = TRUE|b <> FALSE|b < TRUE|b = 1|b IN (TRUE, FALSE)|b BETWEEN FALSE AND 1
i4|I4|"I4"|s.i4|S.I4 + s."I4"|(i4)|((i4 + 1))|i4 + 1*2|i4*2*3|i4*(2*3)|i4 - -1|i4 - (-1)|-(i4 + 1)
i4 <> 1|i4 != 1|i4 == 1|1 < i4|1 + i4|2 - i4|7 / i4|i4 > 1 and i4 < 3|i4 + 300|i1 + 300|u1 + 300
u1 + -1|u8 + 9223372036854775808|u8 = 18446744073709551615|u8 < 3|u8 > 1.5|u1 = 300|u1 > -1
i4 BETWEEN 1 AND 2|i4 NOT BETWEEN 1 AND 2|i4 BETWEEN '0' AND 2|i4 BETWEEN 0.5 AND i8
i4 BETWEEN 1 AND 2 AND b|i4 BETWEEN NULL AND 3|t BETWEEN '2019-01-01' AND '2021-01-01'
i4 IN (1, 2)|i4 NOT IN (1, 2)|i4 IN (3)|i4 IN (3, NULL)|i4 NOT IN (3, NULL)|i4 IN (i8, 1.5)
i4 IN (1, '3')|s IN ('abc', 'b')|s NOT IN ('abc')|u1 IN (300, -1)|t IN ('2020-01-01')|NOT i4 IN (1)
s = 'abc'|s < 'abd'|'abc' = s|s = '12'|s >= ''|t > '2000-01-01'|t = TIMESTAMP '2020-01-01'
TIMESTAMP '2020-01-01 10:00:00.5'|TIMESTAMP '2020-01-01'|i4 = '3'|r = '1.5'|b = 'true'
t + INTERVAL '5' SECOND|t - INTERVAL 5 MINUTE|t + INTERVAL '5 seconds'|t + INTERVAL (5) SECOND
t + INTERVAL '5' HOUR|t + INTERVAL '1' DAY|t + INTERVAL '1' WEEK|t + INTERVAL '7' MILLISECOND
t + INTERVAL '1' MICROSECOND|t + INTERVAL '1.5' SECOND|t - INTERVAL '1 minute 2 seconds'
INTERVAL '1' SECOND + t|t + INTERVAL '5' SECONDS|t + INTERVAL '-5' SECOND|t + INTERVAL 1.5 SECOND
TIMESTAMP '2020-01-01' + INTERVAL 1 DAY|t + INTERVAL '1us'|t + INTERVAL '1.5 minutes'
CASE WHEN b THEN 1 ELSE 2 END|CASE WHEN b THEN 1 END|CASE WHEN b THEN NULL END
CASE i4 WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END|CASE i4 WHEN 3 THEN 'a' ELSE 'bcd' END
CASE WHEN i4 > 0 THEN 'pos' WHEN i4 < 0 THEN 'neg' END|CASE WHEN b THEN 1 WHEN NOT b THEN 3 END
CASE WHEN b THEN u1 ELSE 1 END|CASE WHEN b THEN u1 ELSE 300 END|CASE WHEN b THEN 1 ELSE 3000000000 END
CASE WHEN b THEN r ELSE 1.5 END|CASE WHEN b THEN 1 ELSE NULL END|CASE WHEN TRUE THEN i4 ELSE 1 END
CASE WHEN b THEN i4 ELSE '3' END|CASE WHEN b THEN t ELSE '2020-01-01' END|CASE WHEN b THEN s ELSE 'xyz' END
CASE WHEN i4 <> 0 THEN 10 % i4 ELSE -1 END|CASE WHEN i1 < 100 THEN i1 + i1 ELSE i1 END
CASE WHEN FALSE THEN i4 END|CASE WHEN NULL THEN i4 ELSE i2 END|case when b then 1 end = 1
COALESCE(i4)|COALESCE(i4, 1)|COALESCE(NULL, i4)|COALESCE(NULL, NULL)|COALESCE(i4, NULL, i8)
COALESCE(1, 2, u1)|COALESCE(300, 1, u1)|COALESCE(u1, 1, 300)|COALESCE(i1, u1, u2)|COALESCE(r, 1)
COALESCE(i4, '3')|COALESCE(s, 'a')|COALESCE('1', u1)|COALESCE(b, 1)|COALESCE(1, b)|COALESCE(s, 1)
NULLIF(i4, 3)|NULLIF(u1, 300)|NULLIF(s, 'abc')|NULLIF(1, u1)|NULLIF(1, NULL)|NULLIF(NULL, 1)
COALESCE(NULL, 1, u1)|COALESCE(1, NULL, u1)|COALESCE(1, u1, NULL)|COALESCE(NULL, u1, 1)
CASE WHEN b THEN 1 WHEN b THEN u1 END|CASE WHEN b THEN u1 WHEN b THEN 1 END
CASE WHEN b THEN 1 WHEN b THEN 2 ELSE u1 END|CASE WHEN b THEN 1 WHEN b THEN u1 ELSE 2 END
CASE WHEN b THEN '1' WHEN b THEN u1 END|COALESCE(NULL, '1', u1)|COALESCE('1', '2', u1)
CASE WHEN b THEN 1.5 WHEN b THEN r END|COALESCE(NULL, 1.5, r)|COALESCE(1, 1.5, u1, r)
CASE WHEN b THEN TRUE WHEN b THEN 1 ELSE u1 END|CASE WHEN b THEN u2 WHEN b THEN i1 ELSE u1 END
b = b IN (TRUE)|i4 = 3 IS NULL|NOT i4 = 3|i4 * 1 BETWEEN 1 AND 2 + 3 AND b|- i4 * 2|-i4 % 2
b IS TRUE IS FALSE|i4 IS NULL < TRUE|1 < 2 < 3|i4 ISNULL|i4 NOTNULL|i4 = 1 BETWEEN TRUE AND TRUE
NULLIF(t, '2020-01-01')|NULLIF(i4, NULL)|nullif(i4, 1) + 1
i4::varchar|i4::text|i4::double|i4::real|i4::float|i4::INT8|i4::bool|i4::utinyint|i4::integer
i8::BIGINT::SMALLINT::text|CAST(i1 AS TINYINT)|CAST(i4 AS VARCHAR(30))|'a'::text|CAST(2.5 AS INTEGER)
CAST(-2.5 AS INTEGER)|CAST(2.5::double AS INTEGER)|CAST(3.5::float AS INTEGER)|CAST(1.5 AS VARCHAR)
CAST('1.5' AS INTEGER)|CAST(' 12 ' AS INTEGER)|CAST('t' AS BOOLEAN)|CAST(0.5 AS BOOLEAN)|'1e3'::int
CAST(1 AS DOUBLE PRECISION)|CAST('2020-01-01' AS TIMESTAMP)|CAST(NULL AS INTEGER)|CAST(1 AS BOOLEAN)
CAST(300 AS UTINYINT)|CAST('abc' AS INTEGER)|CAST(300 AS TINYINT)|CAST(r AS DOUBLE)|CAST(d AS REAL)
r + 1|r + 1.5|r * 1.8|r * 1.8 + 32|d * 1.8 + 32|r / 2|r % 1|d % 1.5|-d % 1.5|r + 1e3|r = 1.5|d > 2
i4 > 3 OR i4 IS NULL|(i2 + 1) * (i2 + 1)|i4 / r|r / i4|ABS(i4) + ABS(i4)|i2 + i2 - i2
b > 0.5|b < r|b = r|b IN (1.5)|b <> 0.5|s BETWEEN 1 AND 2|s IN (1e0)|s <> r|CASE s WHEN 12 THEN 1 END|NULL - t|NULL + t|t BETWEEN s AND s|s = t|t - 1|t + 1|t = 1|-s|-b|ABS(b)|ABS(s)|NOT t|r AND t|i4 + s|b + 1|i4 + TRUE
""".strip().replace("\n", "|").split("|")


def text(value):
    return "NULL" if value is None else value


con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'")
con.execute("CREATE TABLE s (" + ", ".join(f"{n} {t}" for n, t in COLUMNS.items()) + ", id INTEGER)")
for i, row in enumerate(ROWS):
    con.execute(f"INSERT INTO s VALUES ({', '.join('?' * len(row))}, {i})", row)
    print("row", *(text(v) for v in row), sep="\t")
for e in expressions():
    try:
        name, kind = con.execute(f"SELECT {e} FROM s LIMIT 0").description[0][:2]
        kind = str(kind).replace('"', "")
        try:
            con.execute(f"SELECT {e} FROM s").fetchall()
        except duckdb.Error as error:
            if "nimplemented type for cast" in str(error):
                raise  # DuckDB finds out that there is no such cast when it runs
        try:
            values = con.execute(
                f"SELECT CAST(TRY({e}) AS VARCHAR) FROM s ORDER BY id").fetchall()
            # The sign of NaN means nothing.
            values = "|".join(text(v).replace("-nan", "nan") for (v,) in values)
        except duckdb.Error:
            values = "*"
        print(e, name, kind, values, sep="\t")
    except duckdb.Error as error:
        print(e, "", "error", str(error).split("\n")[0], sep="\t")
