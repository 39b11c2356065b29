"""Compares random expressions between RingQL and DuckDB 2.0: `cargo xtask differential`.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/differential.py PROGRAM [--expressions N] [--rows N] [--seed N] [--only SQL]

PROGRAM is the built `ringql-differential`, which makes the expressions and says what RingQL makes of
them. Exit 1 if there is a difference that no rule of `RULES` explains.

A row in which RingQL counted a failure agrees if DuckDB fails in it too or has the same value.
DuckDB's optimizer is off: it may drop what fails.
"""

import argparse
import collections
import functools
import math
import re
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import duckdb

from functions import generate

ESCAPED = re.compile(r"\\([\\tnr0p&])")
RAW = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "0": "\0", "p": "|", "&": ""}
NULL = "\x01NULL"
LETTERS = "acxtf"
# What the functions of floats may differ by: they come from another libm.
ULPS = 4


class Oracle(generate.Database):
    """DuckDB with the rows of the run, and a table without rows for types."""

    def start(self):
        super().start()
        self.con.execute("PRAGMA disable_optimizer")
        self.con.execute("CREATE TABLE none AS FROM s LIMIT 0")
        characters = "list_transform(generate_series(length(x)::BIGINT, 1, -1), lambda i: array_extract(x, i))"
        self.con.execute(f"CREATE MACRO reverse_characters(x) AS array_to_string({characters}, '')")

    def type(self, expression):
        kind = self.run(f"SELECT {expression} FROM none").description[0][1]
        return str(kind).replace('"', "")

    def values(self, expression):
        """The texts of its values, row by row: None for NULL, "!" for a failure."""
        sql = f"SELECT TRY(COALESCE(CAST({expression} AS VARCHAR), chr(1) || 'NULL')) FROM s ORDER BY id"
        failed = {None: "!", NULL: None, "!": "\\!", "-nan": "nan"}
        return [failed.get(v, v) for (v,) in self.run(sql).fetchall()]

    def message(self, expression, row):
        """Why it fails in a row."""
        try:
            self.run(f"SELECT {expression} FROM s WHERE id = {row}").fetchall()
            return ""
        except generate.FAILURES as error:
            return str(error)

    def named(self, expression):
        """The columns in an expression."""
        return set(re.findall(r"(?<![\w'])[a-z]\w*(?![\w'(])", expression)) & set(self.columns)

    def part_type(self, expression, kinds):
        """Whether a part of the expression is of one of the types."""
        for part in parts(f"({expression})") | self.named(expression):
            try:
                if self.type(part) in kinds:
                    return True
            except generate.FAILURES:
                continue
        return False

    def part(self, expression, row, pattern):
        """Whether a part of the expression is a text of a pattern in a row."""
        for part in parts(f"({expression})") | self.named(expression):
            try:
                (value,) = self.run(f"SELECT TRY(CAST({part} AS VARCHAR)) FROM s WHERE id = {row}").fetchone()
            except generate.FAILURES:
                continue
            if value is not None and re.search(pattern, value):
                return True
        return False


def unescape(cell):
    if cell == "NULL":
        return None
    if cell == "\\&!":
        return "\\!"
    return ESCAPED.sub(lambda found: RAW[found[1]], cell) if "\\" in cell else cell


class Case:
    """An expression, and what both make of it."""

    def __init__(self, sql, tried, how, kind, failed, values):
        self.sql, self.tried, self.kind = unescape(sql), unescape(tried), kind
        self.ulps = ULPS if how == "~" else 0
        # The letters of why something failed, by row.
        self.failed = {int(row.rstrip(LETTERS)): row.lstrip("0123456789") for row in failed.split(",") if row}
        self.own = [unescape(v) for v in values.split("|")]
        self.duckdb_kind, self.duckdb = None, None
        # Why DuckDB refuses it, and why it fails in a row.
        self.error, self.message = None, None


def place(kind, text):
    """The place of a float in the order of floats."""
    real = kind in ("REAL", "FLOAT")
    bits = struct.unpack("<i" if real else "<q", struct.pack("<f" if real else "<d", float(text)))[0]
    return bits if bits >= 0 else (-(1 << 31) if real else -(1 << 63)) - bits


def same_float(kind, a, b, ulps):
    try:
        a, b = float(a), float(b)
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return abs(place(kind, a) - place(kind, b)) <= ulps
    except (TypeError, ValueError, OverflowError):
        return False


# Types that RingQL lacks.
WIDE = ("HUGEINT", "UHUGEINT")
TYPES = {"REAL": "FLOAT", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}

# Why a value differs: a name, a reason, and whether the rule holds for a case and a row.
RULES = []

# Why RingQL refuses what DuckDB takes: a pattern of the message, and a reason.
REFUSALS = [
    ("^HEX does not take", "HEX of a float is of a BIGNUM, which RingQL lacks"),
    (r"(can't be compared with|does not take)(.|\n)*([-+*/%] NULL|NULL [-+*/%])", "an untyped NULL makes NULL of an operation in DuckDB"),
    ("can't be read as|^this constant|does not fit", "a constant that fails is refused, wherever it stands"),
    (r"DECIMAL\((2\d|38),0\)", "with a signed number BIGINT UNSIGNED would be HUGEINT, which RingQL lacks"),
    ("INTEGER.*(LEAST|GREATEST)\\(NULL\\)", "LEAST and GREATEST of NULL alone are INTEGER, in DuckDB NULL"),
    ("BIGINT UNSIGNED", "with a signed number it would be HUGEINT, which RingQL lacks"),
]


def rule(reason):
    def add(holds):
        RULES.append((holds.__name__, reason, holds))
        return holds

    return add


@rule("an infinite date or timestamp is refused where it is read, as the reference says")
def infinity(case, row):
    tried = row is not None and (row in case.failed or "TRY_" in case.sql)
    return tried and case.part(row, "^-?infinity$")


@rule("an untyped NULL that is always NULL has another type, or no overload in DuckDB")
def untyped_null(case, row):
    if case.duckdb is None:
        untyped = re.search(r"[-+*/%(,] ?NULL ?[-+*/%,)]", case.sql)
        return untyped and re.search("Could not choose|No function matches|TIME WITH TIME ZONE", case.error)
    if row is None and set(case.duckdb) == set(case.own) == {None}:
        return True
    return row is None and re.search(r"[-+*/%] NULL\b|\bNULL [-+*/%]|\(NULL\)|CAST\(NULL AS|NULL::", case.sql) is not None


@rule("the texts -0.0 and -0 with a space are an unsigned 0, as 0.0 and -0 are")
def negative_zero(case, row):
    if row is None:
        return False
    unsigned = re.search(r"\bU(TINY|SMALL|BIG)?INT", case.sql)
    return unsigned is not None and case.part(row, r"^\s*-0(\.0)?\s*$")


@rule("DECIMALs that are too wide for % are DOUBLEs: modulo 0 they are NaN, as DOUBLEs are elsewhere")
def wide_modulo(case, row):
    message = case.message(row) if row is not None and case.duckdb[row] == "!" else ""
    return "AS DOUBLE) % CAST(" in message and "Division by zero" in message


@rule("the shortest text of a REAL between two of the same length; DuckDB writes one more digit")
def text_of_real(case, row):
    if row is None or None in (case.own[row], case.duckdb[row]) or not re.search("AS VARCHAR|\\|\\||concat", case.sql):
        return False
    # What is computed from it as a DOUBLE is as near.
    ulps = {"VARCHAR": 0, "REAL": 0, "DOUBLE": 1}.get(case.kind)
    return ulps is not None and same_float("REAL", case.own[row], case.duckdb[row], ulps)


@rule("a literal above the BIGINTs is a UBIGINT, in DuckDB a HUGEINT")
def wide_literal(case, row):
    literals = re.findall(r"(?<![\w.'])\d{19,20}(?![\w.'])", case.sql)
    return any((1 << 63) <= int(literal) < (1 << 64) for literal in literals)


@rule("a part of it is a HUGEINT in DuckDB, a DECIMAL(20,0) in RingQL, which has no integer of 128 bits")
def huge_part(case, row):
    if row is not None or case.duckdb is None:
        return False
    return case.part_type(WIDE) or case.duckdb_kind.startswith("DECIMAL(38") and case.part_type(["UBIGINT"])


@rule("RingQL computes a DECIMAL whose operand DuckDB can't rescale to the result's scale in 38 digits")
def rescaled(case, row):
    return row is not None and case.duckdb[row] == "!" and "to type DECIMAL(38" in case.message(row)


@rule("DuckDB takes a number of microseconds for a day that is outside of its own dates, or counts past their end")
def beyond_the_dates(case, row):
    return row is not None and "t" in case.failed.get(row, "") and case.part(row, "^(5877642-06-2[34]|290309-12-21) \\(BC\\)")


@rule("an INTERVAL times a BIGINT: DuckDB fails where the number is no INTEGER, even for an interval without days and months")
def interval_times(case, row):
    return row is not None and case.duckdb[row] == "!" and re.search("(?i)type INT64 with value.*INT32", case.message(row)) and "* " in case.sql


@rule("REVERSE turns characters of Unicode around; DuckDB clusters of them (a letter with its accents)")
def reversed_characters(case, row):
    if row is None or "reverse(" not in case.sql:
        return False
    sql = case.tried if case.duckdb[row] == "!" else case.sql
    rewritten = sql.replace("reverse(", "reverse_characters(")
    return case.again(rewritten)[row] == case.own[row]


@rule("DuckDB adds the microseconds below a millisecond of an INTERVAL to a TIMESTAMPTZ first, here into the next day")
def microseconds_first(case, row):
    return row is not None and case.part(row, r"23:59:59\.999\d{3}\+00$")


@rule("an exponent has no point behind it")
def point_behind_exponent(case, row):
    return row is not None and case.part(row, r"^[\d.]+e-?\d+\.$")


@rule("the name of a zone behind a time is UTC; DuckDB takes other letters for it")
def zone_of_letters(case, row):
    return row is not None and row in case.failed and case.part(row, r":\d+ +[A-Za-z]+$")


@rule("an INTERVAL of the most microseconds that there are can be added to a TIMESTAMPTZ, where the sum is one")
def longest_interval(case, row):
    return row is not None and case.duckdb[row] == "!" and case.part(row, r"^-?25620477\d\d:")


@rule("a text is base64 only if its signs = end it")
def padding(case, row):
    return row is not None and "from_base64" in case.sql and row in case.failed and case.part(row, "=[^=]$")


@rule("a constant that fails in a branch that is not taken, or a pattern that fails in a row: DuckDB refuses the whole query")
def refused_as_a_whole(case, row):
    failed = "Argument index|Could not convert string|must not end with escape character"
    return case.duckdb is None and re.search(failed, case.error) is not None


@rule("DuckDB can't count the weeks of the first days of its dates")
def first_weeks(case, row):
    return row is not None and case.duckdb[row] == "!" and re.search("week|isoyear", case.sql) and case.part(row, r"^5877642-\d\d-\d\d \(BC\)")


@rule("an INTERVAL beyond the TIMESTAMPs: DuckDB's TIMESTAMPTZs wrap around")
def wrapped(case, row):
    return row is not None and "t" in case.failed.get(row, "") and case.part(row, r"\d{6,} years")


@rule("DuckDB counts milliseconds between TIMESTAMPTZs, and one too many from before 1970")
def millisecond_before_1970(case, row):
    old = r"(0\d{3}|1[0-8]\d\d|19[0-6]\d)-[^']*\.\d{4,6}\+00"
    if row is None or not re.search(r" - |age\(|date_sub\(", case.sql):
        return False
    fine = r"\.\d{4,6}\+00"
    if "date_sub" in case.sql and (re.search(fine, case.sql) or case.part(row, f"{fine}$")):
        return True
    return re.search(f"TIMESTAMPTZ '{old}", case.sql) is not None or case.part(row, f"^{old}")


@rule("DuckDB counts the years, decades and centuries of TIMESTAMPTZs before year 1 without their sign")
def before_year_1(case, row):
    counts = re.search("(?i)date_diff|date_sub|date_part|decade|century|millennium|year", case.sql)
    return row is not None and counts is not None and case.part(row, r"\(BC\).*\+00$")


@rule("a NaN has no sign in a text")
def sign_of_nan(case, row):
    in_text = re.search(r"VARCHAR|\|\||format|printf|concat", case.sql)
    return row is not None and in_text is not None and case.part(row, "-nan")


@rule("a text of more than 256 bytes: results of no known length are VARCHAR(256)")
def long_text(case, row):
    return row is not None and "x" in case.failed.get(row, "") and case.part(row, "(?s)^.{64}")


@rule("a number's text is read whole; DuckDB can't read an exponent below -32768, or digits too many for the type before an exponent")
def text_with_exponent(case, row):
    return row is not None and case.duckdb[row] in ("!", None) and case.part(row, r"\d{19,}e-\d|e-\d{5}")


class Comparison:
    def __init__(self, oracle):
        self.oracle = oracle
        self.counts = collections.Counter()
        self.explained = collections.Counter()
        self.refused = collections.Counter()
        self.problems = []  # (expression, what)

    def refusal(self, sql, message):
        self.counts["refused"] += 1
        self.refused[re.sub(r"'[^']*'|\d+", "N", message)] += 1
        try:
            self.oracle.type(sql)
            values = self.oracle.values(sql)
        except generate.FAILURES:
            self.explained["refused by both"] += 1
            return
        if all(v in ("!", None) for v in values) and "!" in values:
            self.explained["refused: it fails in every row"] += 1
            return
        for pattern, reason in REFUSALS:
            if re.search(pattern, f"{message}\n{sql.upper()}", re.DOTALL):
                self.explained[f"refused: {reason}"] += 1
                return
        self.problems.append((sql, f"refused: {message}"))

    def case(self, case):
        self.counts["compiled"] += 1
        case.message = lambda row: self.oracle.message(case.sql, row)
        case.again = functools.cache(self.oracle.values)
        case.part_type = lambda kinds: self.oracle.part_type(case.sql, kinds)
        case.part = lambda row, pattern: self.oracle.part(case.sql, row, pattern)
        try:
            case.duckdb_kind = self.oracle.type(case.sql)
            case.duckdb = self.oracle.values(case.sql)
        except generate.FAILURES as error:
            case.error = str(error).split("\n")[0]
            self.problem(case, None, f"DuckDB refuses it: {case.error}")
            return
        kind = TYPES.get(case.kind, case.kind)
        if case.duckdb_kind in WIDE:
            self.explained["HUGEINT: RingQL has no integer of 128 bits"] += 1
            return
        if kind != case.duckdb_kind and (kind, case.duckdb_kind) != ("INTEGER", "NULL"):
            self.problem(case, None, f"the type is {kind}, not {case.duckdb_kind}")
            return
        self.counts["values"] += len(case.own)
        if case.own == case.duckdb and not case.failed:
            return
        self.rows(case)

    def rows(self, case):
        tried = None
        for row, (own, wanted) in enumerate(zip(case.own, case.duckdb, strict=True)):
            failed = row in case.failed
            if own == wanted:
                continue
            if failed and wanted == "!":
                self.counts["failed in both"] += 1
                continue
            if same_float(case.kind, own, wanted, case.ulps):
                continue
            if wanted == "!":
                tried = tried or [None if v == "!" else v for v in self.oracle.values(case.tried)]
                if own == tried[row] or same_float(case.kind, own, tried[row], case.ulps):
                    self.explained["what fails is not needed: RingQL does not compute it"] += 1
                    continue
            what = f"row {row} is {own!r}{' (failed)' if failed else ''}, not {wanted!r}"
            if not self.problem(case, row, what):
                return

    def problem(self, case, row, what):
        """Whether a rule explains it; counts it, or keeps it as a problem."""
        for name, reason, holds in RULES:
            if holds(case, row):
                self.explained[f"{name}: {reason}"] += 1
                return True
        self.problems.append((case.sql, what))
        return False


def incomparable(program):
    """Calls that DuckDB lacks, or that are of a type that RingQL lacks: their numbers, and why."""
    named = {
        "least(iv)": "DuckDB compares months first in LEAST and GREATEST of INTERVALs, unlike in <",
        "greatest(iv)": "as LEAST",
    }
    listed = subprocess.run([program, "calls"], check=True, capture_output=True, encoding="utf-8").stdout
    head = subprocess.run([program, "1", "0", "1"], check=True, capture_output=True, encoding="utf-8").stdout
    columns = [line.split("\t") for line in head.split("\n") if line.startswith("column")]
    oracle = Oracle({name: (kind, [None]) for _, name, kind in columns})
    for line in listed.splitlines():
        _, number, sql, _ = line.split("\t")
        if sql in named:
            yield number, f"{sql}: {named[sql]}"
            continue
        try:
            duckdb_kind = oracle.type(unescape(sql))
        except generate.FAILURES as error:
            if re.search("does not exist|No function matches", str(error)):
                yield number, f"{sql}: DuckDB has no such function"
            continue
        if duckdb_kind in WIDE:
            yield number, f"{sql}: DuckDB's {duckdb_kind} is no type of RingQL"


def run(program, arguments, given=()):
    """What RingQL says, compared with what DuckDB says."""
    command = [program, *map(str, arguments)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stdin:
        stdin.write("".join(f"{sql}\n" for sql in given))
        stdin.seek(0)
        child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, encoding="utf-8")
    names, kinds, rows, comparison = [], [], [], None
    for line in child.stdout:
        what, *cells = line.rstrip("\n").split("\t")
        if what == "column":
            names.append(cells[0])
            kinds.append(cells[1])
        elif what == "row":
            rows.append([unescape(cell) for cell in cells])
        else:
            if comparison is None:
                columns = zip(names, kinds, zip(*rows))
                comparison = Comparison(Oracle({name: (kind, values) for name, kind, values in columns}))
            if what == "refused":
                comparison.refusal(unescape(cells[0]), unescape(cells[1]))
            else:
                comparison.case(Case(*cells))
    if child.wait() != 0:
        sys.exit(f"error: {program} failed: {child.returncode}")
    return comparison


def parts(sql):
    """What stands in parentheses in an expression, with and without the word before them."""
    opened, found = [], set()
    for at, c in enumerate(sql):
        if c == "(":
            opened.append(at)
        elif c == ")" and opened:
            start = opened.pop()
            inner = sql[start : at + 1]
            word = re.search(r"\w*$", sql[:start])[0]
            found |= {inner, word + inner}
            if not word and sql[at + 1 : at + 3] == "::":
                found.add(inner + re.match(r"::\w+(\([\d,]*\))?", sql[at + 1 :])[0])
    return {part for part in found if part.count("'") % 2 == 0}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--expressions", type=int, default=20000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="compare these expressions instead")
    parser.add_argument("--show", type=int, default=40, help="differences to print")
    args = parser.parse_args()
    if args.only:
        done = run(args.program, [args.seed, "-", args.rows], args.only)
    else:
        left_out = dict(incomparable(args.program))
        print("left out:", *left_out.values(), sep="\n  ")
        done = run(args.program, [args.seed, args.expressions, args.rows, *left_out])
    counts = done.counts
    print(f"{counts['compiled']} expressions compiled, {counts['refused']} refused")
    print(f"{counts['values']} values compared, {counts['failed in both']} of them failed in both")
    print("refused, by reason:")
    for message, n in done.refused.most_common(12):
        print(f"  {n:8} {message}")
    print("explained differences:")
    for reason, n in sorted(done.explained.items()):
        print(f"  {n:8} {reason}")
    print(f"{len(done.problems)} unexplained")
    if not done.problems:
        return
    problems = sorted(done.problems, key=lambda problem: len(problem[0]))
    if not args.only:
        # What differs in the parts of an expression says more than what differs in it.
        pieces = set().union(*(parts(sql) for sql, _ in problems[:400])) - {sql for sql, _ in problems}
        small = run(args.program, [args.seed, "-", args.rows], sorted(pieces)).problems
        small = [(sql, what) for sql, what in small if not re.search("^refused|not '!'$", what)]
        problems = sorted({*problems, *small}, key=lambda problem: len(problem[0]))
    for sql, what in problems[: args.show]:
        print(f"  {sql}\n      {what[:200]}")
    sys.exit(1)


if __name__ == "__main__":
    main()
