"""Compares random queries over event time between RingQL and DuckDB 2.0: `cargo xtask event-time`.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/event_time.py PROGRAM [--cases N] [--seed N] [--only FEATURE] [--not-yet]
    python3 core/tests/duckdb/event_time.py --keep FILE

PROGRAM is the built `ringql-event-time`, which runs each case in many ways. Exit 1 if a case differs,
with the query in both languages, the fewest rows that show it and both results; or if a case is
refused that has none of the features of NOT_YET.
"""

import argparse
import collections
import dataclasses
import random
import re
import subprocess
import sys

sys.dont_write_bytecode = True

import duckdb

from functions.generate import escape
from windows import kinds, streams
from windows.cases import case as random_case

# What RingQL can't do yet: cases with these features are left out, but with --not-yet. Of others none
# may be refused.
NOT_YET = set()
# Cases over one stream, and cases of one run of the program.
OF_A_STREAM, OF_A_RUN = 10, 500
# Seconds that such a run may take.
PATIENCE = 120
# Of the kept cases: few streams with many cases, so that the file stays small.
KEPT_STREAMS, KEPT_OF_A_STREAM = 8, 40


class Failed(Exception):
    pass


def database():
    con = duckdb.connect(config={"threads": 1})
    for macro in kinds.MACROS:
        con.execute(macro)
    return con


def made(seed, count, of_a_stream, wanted):
    """So many cases that are wanted, each with its stream."""
    left = count
    while left:
        rng = random.Random(seed)
        seed += 1
        stream = streams.stream(rng)
        found = 0
        # A stream whose cases are hardly ever wanted is given up.
        for _ in range(200 * of_a_stream):
            case = random_case(rng, stream)
            if not wanted(case):
                continue
            yield case
            found += 1
            left -= 1
            if found == of_a_stream or not left:
                break


def lines(con, cases):
    """The text of cases in the form of `core/event-time/src/cases.rs`."""
    stream = None
    for name, case in cases:
        if case.stream is not stream:
            stream = case.stream
            stream.fill(con)
            yield "\t".join(["stream", escape(stream.sql), str(stream.delay)])
            for row in stream.rows:
                yield "\t".join(["row", *map(escape, row)])
        try:
            rows = case.rows(con)
        except duckdb.Error as error:
            raise Failed(f"DuckDB refuses its query: {error}\n{case.sql}\n{case.duckdb}") from error
        cells = [name, case.sql, case.results, case.flags, " ".join(case.tolerances)]
        yield "\t".join(["case", *map(escape, cells)])
        for row in rows:
            yield "\t".join(["out", *map(escape, row)])


def unescape(cell):
    raw = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "0": "\0", "p": "|", "&": ""}
    return re.sub(r"\\(.)", lambda m: raw[m[1]], cell)


def verdicts(program, con, cases):
    """What the program says of cases: (case, verdict, text). One that fails or hangs in it differs."""
    while cases:
        text = "".join(line + "\n" for line in lines(con, cases))
        try:
            done = subprocess.run([program], input=text.encode(), capture_output=True, timeout=PATIENCE)
            out, failed = done.stdout, done.returncode and f"the program fails: {done.stderr.decode()[-2000:]}"
        except subprocess.TimeoutExpired as error:
            out, failed = error.stdout or b"", "it hangs in a poll"
        reported = out.decode().splitlines()
        for line, (name, case) in zip(reported, cases):
            verdict, reported_name, what = line.split("\t")
            assert reported_name == name
            yield case, verdict, unescape(what)
        cases = cases[len(reported) :]
        if failed and cases:
            yield cases[0][1], "differs", failed
            cases = cases[1:]


def smallest(program, con, case):
    """The same case over as few rows as show that it differs."""

    def differs(rows):
        tried = dataclasses.replace(case, stream=case.stream.with_rows(rows))
        found = [what for _, verdict, what in verdicts(program, con, [("1", tried)]) if verdict == "differs"]
        return (tried, found[0]) if found else None

    rows, best = case.stream.rows, differs(case.stream.rows)
    step = max(1, len(rows) // 2)
    while best and step:
        at, dropped = 0, False
        while at < len(rows):
            fewer = rows[:at] + rows[at + step :]
            found = differs(fewer)
            if found:
                rows, best, dropped = fewer, found, True
            else:
                at += step
        step = step if dropped and step == 1 else step // 2
    return best


def report(program, con, case, what):
    found = smallest(program, con, case)
    # Found by chance, and not again: it is shown as it was.
    case, what = found or (case, what)
    print(f"\n{'=' * 100}\n{case.kind}: {what}\n  RingQL:\n    {case.stream.sql};\n    {case.sql}")
    print("  DuckDB:\n    " + re.sub(r"\n\s*", "\n      ", case.duckdb))
    print("  rows: " + ", ".join(name for name, *_ in streams.COLUMNS))
    for row in case.stream.rows[:60]:
        print("    " + ", ".join("NULL" if v is None else repr(v) if v == "" else v for v in row))
    case.stream.fill(con)
    print("  DuckDB gives:")
    for row in case.rows(con)[:60]:
        print("    " + ", ".join("NULL" if v is None else v for v in row))


def run(args):
    con = database()
    con_of_reports = database()
    only = set(args.only)

    def wanted(case):
        allowed = args.not_yet or not case.features & NOT_YET
        return allowed and only <= case.features

    counts, refused, failures, differing = collections.Counter(), collections.Counter(), 0, 0
    reasons = collections.Counter()
    batch = []

    def flush():
        nonlocal failures, differing
        for case, verdict, what in verdicts(args.program, con, batch):
            counts[case.kind, verdict] += 1
            if verdict == "refused":
                refused[re.sub(r"'[^']*'|\d+", "N", what), bool(case.features & NOT_YET)] += 1
                if not case.features & NOT_YET:
                    failures += 1
                    if failures <= args.show:
                        print(f"\nrefused: {what}\n    {case.sql}")
            elif verdict == "differs":
                differing += 1
                reason = case.kind, re.sub(r"'[^']*'|\d+", "N", what.split("\n")[0])[:100]
                reasons[reason] += 1
                # The first of each sort says more than many of one.
                if reasons[reason] == 1 and len(reasons) <= args.show:
                    report(args.program, con_of_reports, case, what)
        batch.clear()

    for number, case in enumerate(made(args.seed * 1_000_000, args.cases, OF_A_STREAM, wanted)):
        batch.append((str(number), case))
        if len(batch) == OF_A_RUN:
            flush()
    flush()
    table(counts, refused)
    if failures or differing:
        for (kind, reason), n in reasons.most_common():
            print(f"  {n:6} {kind:14} {reason}")
        print(f"{differing} cases differ, {failures} are refused that must not be")
        return 1
    return 0


def table(counts, refused):
    print(f"\n{'':14} {'same':>8} {'refused':>8} {'differs':>8}")
    kinds_seen = sorted({kind for kind, _ in counts})
    for kind in kinds_seen:
        cells = [counts[kind, verdict] for verdict in ("same", "refused", "differs")]
        print(f"{kind:14}", *(f"{n:8}" for n in cells))
    sums = [sum(n for (_, v), n in counts.items() if v == verdict) for verdict in ("same", "refused", "differs")]
    print(f"{'all':14}", *(f"{n:8}" for n in sums))
    if refused:
        print("refused:")
        for (message, expected), n in refused.most_common():
            print(f"  {n:6} {'(not yet)' if expected else '         '} {message}")


def keep(path):
    """Writes the cases that are kept: some of each sort, over small streams."""
    con = database()
    cases = []
    rng = random.Random(1)
    for _ in range(KEPT_STREAMS):
        stream = streams.stream(rng)
        while not 20 < len(stream.rows) <= 90:
            stream = streams.stream(rng)
        stream.fill(con)
        found = 0
        while found < KEPT_OF_A_STREAM:
            case = random_case(rng, stream)
            case.stream = stream
            if len(case.rows(con)) <= 60:
                cases.append((str(len(cases)), case))
                found += 1
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines(con, cases))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="cases with this feature (repeatable)")
    parser.add_argument("--not-yet", action="store_true", help="also what RingQL can't do yet; refusals don't fail")
    parser.add_argument("--show", type=int, default=3, help="sorts of differences to minimise and print")
    parser.add_argument("--keep", metavar="FILE", help="write the cases that are kept instead")
    args = parser.parse_args()
    try:
        sys.exit(keep(args.keep) if args.keep else run(args))
    except Failed as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
