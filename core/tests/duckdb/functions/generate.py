"""Writes FAMILY.tsv: what DuckDB 2.0 makes of the functions and casts of a family.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/functions/generate.py [FAMILY ...]

A family is a module beside this one. `COLUMNS` gives each column of its table a RingQL type and
its values, row by row; `exact()` gives the expressions, and `approximate()` those whose floats may
differ in the last digits, because they come from the machine's libm.

The file has a line `column NAME TYPE` for each column, a line `row VALUE ...` for each row, and a
line `EXPRESSION TYPE HOW VALUES` for each expression: HOW is `=` or `~` (approximate), VALUES are
its values as text (CAST AS VARCHAR), row by row, with `|` in between. `NULL` is NULL, and `!` says
that DuckDB fails in that row alone. The TYPE is `error` where DuckDB refuses the expression.
In values `\\t`, `\\n`, `\\r`, `\\0`, `\\p` (|) and `\\\\` are escapes, and `\\&` is nothing (the text
NULL is `\\&NULL`).
"""

import os
import sys

if __name__ == "__main__":  # families are named like modules of Python
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

import importlib

import duckdb

FAMILIES = ["math", "text"]
HERE = os.path.dirname(os.path.abspath(__file__))
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "|": "\\p"}


def escape(value):
    if value is None:
        return "NULL"
    if value in ("NULL", "!"):
        return "\\&" + value
    return "".join(ESCAPES.get(c, c) for c in value)


def connect(columns):
    """A connection with the family's table, and its rows as texts."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    types = [(n, "BLOB" if t.startswith("VARBINARY") else t) for n, (t, _) in columns.items()]
    con.execute("CREATE TABLE s (" + ", ".join(f"{n} {t}" for n, t in types) + ", id INTEGER)")
    cells = ([v if v is None else str(v) for v in values] for _, values in columns.values())
    rows = list(zip(*cells, strict=True))
    for i, row in enumerate(rows):
        casts = ", ".join(f"CAST(CAST(? AS VARCHAR) AS {t})" for _, t in types)
        con.execute(f"INSERT INTO s VALUES ({casts}, {i})", row)
    return con, rows


def values(con, expression, rows):
    def run(where=""):
        sql = f"SELECT CAST({expression} AS VARCHAR) FROM s {where} ORDER BY id"
        return [text(v) for (v,) in con.execute(sql).fetchall()]

    def text(value):  # the sign of NaN means nothing
        return "nan" if value == "-nan" else value

    try:
        return [escape(v) for v in run()]
    except duckdb.Error:
        pass
    out = []
    for i in range(rows):
        try:
            out += [escape(v) for v in run(f"WHERE id = {i}")]
        except duckdb.Error:
            out.append("!")
    return out


def line(con, expression, how, rows):
    try:
        kind = con.execute(f"SELECT {expression} FROM s LIMIT 0").description[0][1]
    except duckdb.Error as error:
        return f"{expression}\terror\t{how}\t" + " ".join(str(error).split("\n")[0].split())
    kind = str(kind).replace('"', "")
    return f"{expression}\t{kind}\t{how}\t" + "|".join(values(con, expression, rows))


def generate(family):
    """The text of the family's file."""
    module = importlib.import_module(f"functions.{family}")
    con, rows = connect(module.COLUMNS)
    lines = [f"column\t{name}\t{kind}" for name, (kind, _) in module.COLUMNS.items()]
    lines += ["row\t" + "\t".join(escape(v) for v in row) for row in rows]
    seen = set()
    for how, expressions in (("=", module.exact()), ("~", module.approximate())):
        for expression in expressions:
            assert not set(expression) & set("\t\n\r"), expression
            if expression not in seen:
                seen.add(expression)
                lines.append(line(con, expression, how, len(rows)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for family in sys.argv[1:] or FAMILIES:
        text = generate(family)
        with open(os.path.join(HERE, f"{family}.tsv"), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        print(family, text.count("\n"), "lines")
