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
import math
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True

import duckdb

from functions import generate

ESCAPED = re.compile(r"\\([\\tnr0p&])")
RAW = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "0": "\0", "p": "|", "&": ""}
NULL = "\x01NULL"
# What the functions of floats may differ by: they come from another libm.
ULPS = 4


class Oracle(generate.Database):
    """DuckDB with the rows of the run, and a table without rows for types."""

    def start(self):
        super().start()
        self.con.execute("PRAGMA disable_optimizer")
        self.con.execute("CREATE TABLE none AS FROM s LIMIT 0")
        # Its own AND and OR compute both sides, whatever the left one says.
        self.con.execute("CREATE MACRO lazy_and(a, b) AS CASE WHEN NOT a THEN FALSE ELSE a AND b END")
        self.con.execute("CREATE MACRO lazy_or(a, b) AS CASE WHEN a THEN TRUE ELSE a OR b END")

    def type(self, expression):
        kind = self.run(f"SELECT {expression} FROM none").description[0][1]
        return str(kind).replace('"', "")

    def values(self, expression):
        """The texts of its values, row by row: None for NULL, "!" for a failure."""
        sql = f"SELECT TRY(COALESCE(CAST({expression} AS VARCHAR), chr(1) || 'NULL')) FROM s ORDER BY id"
        failed = {None: "!", NULL: None, "!": "\\!", "-nan": "nan"}
        return [failed.get(v, v) for (v,) in self.run(sql).fetchall()]


def unescape(cell):
    if cell == "NULL":
        return None
    if cell == "\\&!":
        return "\\!"
    return ESCAPED.sub(lambda found: RAW[found[1]], cell) if "\\" in cell else cell


class Case:
    """An expression, and what both make of it."""

    def __init__(self, sql, lazy, kind, failed, values):
        self.sql, self.lazy, self.kind = unescape(sql), unescape(lazy), kind
        self.failed = {int(row) for row in failed.split(",") if row}
        self.own = [unescape(v) for v in values.split("|")]
        self.duckdb_kind, self.duckdb = None, None


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


TYPES = {"REAL": "FLOAT", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}

# Why a value differs: a name, a reason, and whether the rule holds for a case and a row.
RULES = []

# Why RingQL refuses what DuckDB takes: a pattern of the message, and a reason.
REFUSALS = []


def rule(reason):
    def add(holds):
        RULES.append((holds.__name__, reason, holds))
        return holds

    return add


class Comparison:
    def __init__(self, oracle):
        self.oracle = oracle
        self.counts = collections.Counter()
        self.explained = collections.Counter()
        self.refused = collections.Counter()
        self.unknown = collections.Counter()
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
            if re.search(pattern, message):
                self.explained[f"refused: {reason}"] += 1
                return
        self.problems.append((sql, f"refused: {message}"))

    def case(self, case):
        self.counts["compiled"] += 1
        try:
            case.duckdb_kind = self.oracle.type(case.sql)
            case.duckdb = self.oracle.values(case.sql)
        except generate.FAILURES as error:
            message = str(error).split("\n")[0]
            found = re.search(r"Function with name (\S+) does not exist", message)
            if found:
                self.unknown[found[1]] += 1
            else:
                self.problem(case, None, f"DuckDB refuses it: {message}")
            return
        kind = TYPES.get(case.kind, case.kind)
        if kind != case.duckdb_kind and (kind, case.duckdb_kind) != ("INTEGER", "NULL"):
            self.problem(case, None, f"the type is {kind}, not {case.duckdb_kind}")
            return
        self.counts["values"] += len(case.own)
        if case.own == case.duckdb and not case.failed:
            return
        self.rows(case)

    def rows(self, case):
        lazy = None
        for row, (own, wanted) in enumerate(zip(case.own, case.duckdb, strict=True)):
            failed = row in case.failed
            if own == wanted:
                continue
            if failed and wanted == "!":
                self.counts["failed in both"] += 1
                continue
            if same_float(case.kind, own, wanted, 0):
                continue
            if wanted == "!" and case.lazy != case.sql:
                lazy = lazy or self.oracle.values(case.lazy)
                if own == lazy[row] or failed and lazy[row] == "!":
                    self.explained["AND or OR that is decided on its left"] += 1
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


def run(program, arguments, given=None):
    """What RingQL says, compared with what DuckDB says."""
    stdin = subprocess.PIPE if given is not None else None
    command = [program, *map(str, arguments)]
    child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, encoding="utf-8")
    if given is not None:
        child.stdin.write("".join(f"{sql}\n" for sql in given))
        child.stdin.close()
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
        done = run(args.program, [args.seed, args.expressions, args.rows])
    counts = done.counts
    print(f"{counts['compiled']} expressions compiled, {counts['refused']} refused")
    print(f"{counts['values']} values compared, {counts['failed in both']} of them failed in both")
    print("refused, by reason:")
    for message, n in done.refused.most_common(12):
        print(f"  {n:8} {message}")
    print("explained differences:")
    for reason, n in sorted(done.explained.items()):
        print(f"  {n:8} {reason}")
    if done.unknown:
        print("functions that DuckDB lacks:", *(f"{name} ({n})" for name, n in done.unknown.items()))
    print(f"{len(done.problems)} unexplained")
    if not done.problems:
        return
    problems = sorted(done.problems, key=lambda problem: len(problem[0]))
    if not args.only:
        # What differs in the parts of an expression says more than what differs in it.
        pieces = set().union(*(parts(sql) for sql, _ in problems[:400])) - {sql for sql, _ in problems}
        small = run(args.program, [args.seed, "-", args.rows], sorted(pieces)).problems
        small = [(sql, what) for sql, what in small if not what.startswith("refused")]
        problems = sorted({*problems, *small}, key=lambda problem: len(problem[0]))
    for sql, what in problems[: args.show]:
        print(f"  {sql}\n      {what}")
    sys.exit(1)


if __name__ == "__main__":
    main()
