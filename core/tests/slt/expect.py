#!/usr/bin/env python3
"""What DuckDB answers to the queries of the .slt files beside this script.

    pip install duckdb
    python expect.py [--write] [file.slt ...]

Without --write it compares the expectations in the files with DuckDB's answers; with it, it writes
DuckDB's answers into the files. CREATE STREAM becomes CREATE TABLE, TUMBLE(...) the arithmetic of
windows, SETTINGS and EMIT FINAL are left out, and rows come in RingQL's order: as inserted, groups
as they first appear, windows from the oldest on. The groups of one window have no order of their own:
queries of them have `rowsort`.

What that does not cover (other windows, views, orders) has its SQL for DuckDB in comments before it,
`# duckdb: ...`, as plain arithmetic over the rows.

Not compared: statements that must fail, what DuckDB knows nothing of (COUNTERS, POLLS, LATE, CLOCK,
WATERMARK), and records under a comment `# differs: why`. Of the latter it is checked that DuckDB's
answer is indeed another one.
"""

import datetime
import pathlib
import re
import struct
import sys

import duckdb

OURS = ("COUNTERS", "POLLS", "LATE", "CLOCK", "WATERMARK")

TYPES = {
    "BOOLEAN": ("B", "BOOLEAN"),
    "TINYINT": ("I", "TINYINT"),
    "SMALLINT": ("I", "SMALLINT"),
    "INTEGER": ("I", "INTEGER"),
    "BIGINT": ("I", "BIGINT"),
    "HUGEINT": ("I", "BIGINT"),  # SUM of integers
    "UTINYINT": ("I", "TINYINT UNSIGNED"),
    "USMALLINT": ("I", "SMALLINT UNSIGNED"),
    "UINTEGER": ("I", "INTEGER UNSIGNED"),
    "UBIGINT": ("I", "BIGINT UNSIGNED"),
    "FLOAT": ("R", "REAL"),
    "DOUBLE": ("R", "DOUBLE"),
    "DECIMAL": ("N", None),
    "DATE": ("D", "DATE"),
    "TIME": ("D", "TIME"),
    "INTERVAL": ("D", "INTERVAL"),
    "TIMESTAMP WITH TIME ZONE": ("D", "TIMESTAMP WITH TIME ZONE"),
    "UUID": ("U", "UUID"),
    "BLOB": ("X", "VARBINARY"),
    "VARCHAR": ("T", "VARCHAR"),
    "TIMESTAMP": ("D", "TIMESTAMP"),
    "NULL": ("I", "INTEGER"),
}


def main(arguments):
    write = "--write" in arguments
    files = [pathlib.Path(a) for a in arguments if a != "--write"]
    files = files or sorted(pathlib.Path(__file__).parent.glob("**/*.slt"))
    compared = failures = 0
    for file in files:
        records = parse(file.read_text())
        n, found = check(file, records, write)
        compared += n
        failures += found
        if write:
            file.write_text("\n\n".join("\n".join(r.lines()) for r in records) + "\n")
    print(f"{compared} answers compared with DuckDB {duckdb.__version__}, {failures} failures")
    return 1 if failures else 0


class Record:
    """A run of lines up to an empty one: comments, a head, SQL, expected rows."""

    def __init__(self, lines, number):
        self.number = number
        self.comments = []
        while lines and lines[0].startswith("#"):
            self.comments.append(lines.pop(0))
        self.head = lines.pop(0) if lines else None
        end = lines.index("----") if "----" in lines else len(lines)
        self.sql = lines[:end]
        self.expected = lines[end + 1 :] if end < len(lines) else None

    def lines(self):
        head = [self.head] if self.head else []
        expected = [] if self.expected is None else ["----", *self.expected]
        return self.comments + head + self.sql + expected

    def duckdb(self):
        """The SQL for DuckDB that stands in comments."""
        sql = [c[len("# duckdb:") :].strip() for c in self.comments if c.startswith("# duckdb:")]
        return " ".join(sql) or None

    def differs(self):
        return any(c.startswith("# differs:") for c in self.comments)


def parse(text):
    records, lines = [], []
    for number, line in enumerate(text.split("\n") + [""], 1):
        if line:
            lines.append(line)
        elif lines:
            records.append(Record(lines, number - len(lines)))
            lines = []
    return records


def check(file, records, write):
    compared = failures = 0
    db = duckdb.connect()
    db.sql("SET TimeZone = 'UTC'")

    def fail(record, message):
        nonlocal failures
        failures += 1
        print(f"{file.name}:{record.number}: {message}\n    " + "\n    ".join(record.sql))

    for record in records:
        sql = "\n".join(record.sql)
        words = (record.head or "").split()
        if sql.startswith(OURS):
            continue
        if words[:2] == ["statement", "ok"]:
            if not sql.upper().startswith(("CREATE", "INSERT")):
                fail(record, "a query under `statement ok`")
                continue
            try:
                db.sql(record.duckdb() or table(sql))
            except duckdb.Error as e:
                fail(record, e)
        elif words[:1] == ["query"] and words[1:2] != ["error"]:
            try:
                types, rows = answer(db, record.duckdb() or query(sql), sql)
            except duckdb.Error as e:
                types, rows = None, [str(e).split("\n")[0]]
            compared += 1
            sort = " rowsort" if "rowsort" in words else ""
            if sort and not unordered(sql):
                fail(record, "RingQL's order is defined: no rowsort")
            if sort and types is not None:
                rows.sort(key=str.split)
            if record.differs():
                if (words[1], normal(record.expected)) == (types, normal(rows)):
                    fail(record, "is said to differ from DuckDB's answer, and does not")
            elif types is None:
                fail(record, f"DuckDB: {rows[0]}")
            elif write:
                record.head = f"query {types}{sort}"
                record.expected = rows
            elif (words[1], normal(record.expected)) != (types, normal(rows)):
                fail(record, f"DuckDB gives {types}\n    " + "\n    ".join(rows) + "\n  for")
    return compared, failures


def normal(lines):
    return [" ".join(line.split()) for line in lines or []]


def table(sql):
    """CREATE STREAM as CREATE TABLE, INSERT as it is."""
    sql = re.sub(r"^CREATE STREAM", "CREATE TABLE", sql, flags=re.I)
    sql = re.sub(r",\s*WATERMARK FOR [^)]*", "", sql, flags=re.I)
    sql = re.sub(r"\b(VARBINARY|BLOB)\(\d+\)", "BLOB", sql, flags=re.I)
    for name in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        sql = re.sub(rf"\b{name} UNSIGNED", f"U{name}", sql, flags=re.I)
    return sql


WINDOW = re.compile(r"FROM\s+TUMBLE\(\s*(\w+)\s*,\s*(\w+)\s*,\s*(INTERVAL [^)]*?)\s*\)( AS \w+)?", re.I)


def unordered(sql):
    """Whether a query has several groups in a window, and no ORDER BY."""
    keys = re.search(r"\bGROUP BY\s+(.*?)(\bHAVING\b|\bSETTINGS\b|\bEMIT\b|$)", sql, re.I | re.S)
    windows = {"window_start", "window_end"}
    several = keys and not windows.issuperset(key.strip().lower() for key in keys[1].split(","))
    return several and WINDOW.search(sql) and not re.search(r"\bORDER BY\b", sql, re.I)


def query(sql):
    """A query of RingQL's in DuckDB's words, its rows in RingQL's order."""
    sql = re.sub(r"\s+EMIT FINAL", "", sql, flags=re.I)
    sql = re.sub(r"\b(VARBINARY|BLOB)\(\d+\)", "BLOB", sql, flags=re.I)
    sql = re.sub(r"\s+SETTINGS .*$", "", sql, flags=re.I | re.S)
    for name in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        sql = re.sub(rf"\b{name} UNSIGNED", f"U{name}", sql, flags=re.I)
    grouped = re.search(r"\bGROUP BY\b", sql, re.I)
    window = WINDOW.search(sql)
    hidden = ", rowid AS _row" if grouped else ""

    def source(m):
        stream, time, size, alias = m.groups()
        into = f"((epoch_us({time}) % w) + w) % w"
        start = f"make_timestamp(epoch_us({time}) - {into})"
        size_of = f"(SELECT epoch_us(TIMESTAMP 'epoch' + {size}) AS w)"
        return (
            f"FROM (SELECT {stream}.*, {start} AS window_start, window_start + {size} AS "
            f"window_end{hidden} FROM {stream}, {size_of}){alias or f' AS {stream}'}"
        )

    if window:
        sql = WINDOW.sub(source, sql)
        if grouped:
            sql += " ORDER BY min(window_start), min(_row)"
    elif grouped:
        sql += " ORDER BY min(rowid)"
    return sql


def answer(db, sql, written):
    """The types of a query's columns and its rows as lines; `written` is the query of RingQL's."""
    if written.upper().startswith("DESCRIBE"):
        relation = db.sql(query(written[len("DESCRIBE") :]))
        rows = [f"{n} {kind(t)[1]}" for n, t in zip(relation.columns, relation.types)]
        return "TT", rows
    relation = db.sql(sql)
    types = [str(t) for t in relation.types]
    if any(own_text(t) for t in types):
        columns = [f"CAST(#{i} AS VARCHAR)" if own_text(t) else f"#{i}" for i, t in enumerate(types, 1)]
        relation = db.sql(f"SELECT {', '.join(columns)} FROM ({sql})")
    rows = [" ".join(map(text, row, types)) for row in relation.fetchall()]
    return "".join(kind(t)[0] for t in types), rows


def own_text(duck):
    """Whether a type's values are written as DuckDB casts them to text."""
    return kind(duck)[0] in "NUX" or duck in ("DATE", "TIME", "INTERVAL", ZONED)


ZONED = "TIMESTAMP WITH TIME ZONE"


def kind(duck):
    name = str(duck).strip('"')
    letter, own = TYPES[name.split("(")[0]]
    return letter, own or name


def text(value, duck):
    """A value as RingQL's programs print it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if duck == ZONED:
        # Data has all six digits of the fraction.
        return re.sub(r"(:\d\d:\d\d)(\.\d+)?\+", lambda m: f"{m[1]}{(m[2] or '.'):0<7}+", value)
    if isinstance(value, float):
        if duck == "FLOAT":
            value = shortest(value)
        shown = repr(value)
        return re.sub(r"e([+-])0*", lambda m: "e" + m[1].replace("+", ""), shown)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
    return str(value) or "(empty)"


def shortest(value):
    """The double with the fewest digits that rounds to this single."""
    if value != value or value in (float("inf"), float("-inf")):
        return value
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        try:
            if struct.pack("f", short) == struct.pack("f", value):
                return short
        except OverflowError:
            pass
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
