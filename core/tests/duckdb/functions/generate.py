"""Writes FAMILY.tsv: what DuckDB 2.0 makes of the functions and casts of a family.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/functions/generate.py [FAMILY ...]

A family is a module beside this one. `COLUMNS` gives each column of its table a RingQL type and
its values, row by row; `exact()` gives the expressions, and `approximate()` those whose floats may
differ in the last digits, because they come from the machine's libm.

The file has a line `column NAME TYPE` for each column, a line `row VALUE ...` for each row, and a
line `EXPRESSION TYPE HOW VALUES` for each expression: HOW is `=` or `~` (approximate), VALUES are
its values as text (CAST AS VARCHAR), row by row, with `|` in between, or one value for all rows.
`NULL` is NULL, and `!` says that DuckDB fails in that row alone. The TYPE is `error` where DuckDB
refuses the expression.
In values `\\t`, `\\n`, `\\r`, `\\0`, `\\p` (|) and `\\\\` are escapes, and `\\&` is nothing (the text
NULL is `\\&NULL`).
"""

import os
import sys

sys.dont_write_bytecode = True
if __name__ == "__main__":  # families are named like modules of Python
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

import importlib

import duckdb

FAMILIES = ["math", "text", "time", "conditional", "bytes", "regex", "decimal", "casts"]
HERE = os.path.dirname(os.path.abspath(__file__))
FAILURES = (duckdb.Error, UnicodeDecodeError)  # the latter: of a message with raw bytes
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "|": "\\p"}


def escape(value):
    if value is None:
        return "NULL"
    if value in ("NULL", "!"):
        return "\\&" + value
    return "".join(ESCAPES.get(c, c) for c in value)


def text(value):
    """A row's value as text."""
    return value if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Database:
    """DuckDB with the table of a family; started anew after an internal error of its own."""

    def __init__(self, columns):
        self.columns = {n: "BLOB" if t.startswith("VARBINARY") else t for n, (t, _) in columns.items()}
        cells = ([text(v) for v in values] for _, values in columns.values())
        self.rows = list(zip(*cells, strict=True))
        self.start()

    def start(self):
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        # It evaluates functions of the least and the greatest value, and fails where they fail.
        self.con.execute("SET disabled_optimizers = 'statistics_propagation'")
        columns = ", ".join(f"{n} {t}" for n, t in self.columns.items())
        self.con.execute(f"CREATE TABLE s ({columns}, id INTEGER)")
        casts = ", ".join(f"CAST(CAST(? AS VARCHAR) AS {t})" for t in self.columns.values())
        for i, row in enumerate(self.rows):
            self.con.execute(f"INSERT INTO s VALUES ({casts}, {i})", row)

    def run(self, sql):
        try:
            return self.con.execute(sql)
        except (duckdb.InternalException, duckdb.FatalException):
            self.start()
            raise

    def type(self, expression):
        kind = self.run(f"SELECT {expression} FROM s LIMIT 0").description[0][1]
        return str(kind).replace('"', "")

    def values(self, expression):
        def values(where):
            sql = f"SELECT CAST({expression} AS VARCHAR) FROM s {where} ORDER BY id"
            # The sign of NaN means nothing.
            return ["nan" if v == "-nan" else escape(v) for (v,) in self.run(sql).fetchall()]

        def alone(row):
            try:
                return values(f"WHERE id = {row}")
            except FAILURES:
                return ["!"]

        try:
            return values("")
        except FAILURES as error:
            if "nimplemented type for cast" in str(error):
                raise  # DuckDB finds out that there is no such cast when it runs
            return [value for row in range(len(self.rows)) for value in alone(row)]


def line(database, expression, how):
    try:
        kind = database.type(expression)
        values = database.values(expression)
        values = "|".join(values if len(set(values)) > 1 else values[:1])
    except duckdb.Error as error:
        kind, values = "error", " ".join(str(error).split("\n")[0].split())
    return f"{expression}\t{kind}\t{how}\t{values}"


def generate(family):
    """The text of the family's file."""
    module = importlib.import_module(f"functions.{family}")
    database = Database(module.COLUMNS)
    lines = [f"column\t{name}\t{kind}" for name, (kind, _) in module.COLUMNS.items()]
    rows = database.run("SELECT CAST(COLUMNS(* EXCLUDE id) AS VARCHAR) FROM s ORDER BY id").fetchall()
    lines += ["row\t" + "\t".join(escape(v) for v in row) for row in rows]
    seen = set()
    for how, expressions in (("=", module.exact()), ("~", module.approximate())):
        for expression in expressions:
            assert not set(expression) & set("\t\n\r"), expression
            if expression not in seen:
                seen.add(expression)
                lines.append(line(database, expression, how))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for family in sys.argv[1:] or FAMILIES:
        tsv = generate(family)
        with open(os.path.join(HERE, f"{family}.tsv"), "w", encoding="utf-8", newline="\n") as file:
            file.write(tsv)
        print(family, tsv.count("\n"), "lines")
