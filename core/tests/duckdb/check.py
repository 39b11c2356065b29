"""Checks that the committed expectations are still what DuckDB 2.0 says; exit 1 with a diff if not.

    python3 -m pip install duckdb==2.0.0
    python3 core/tests/duckdb/check.py

Floats of lines marked `~` (see functions/generate.py) may differ in the last digits: they come from
the libm of the machine that runs DuckDB.
"""

import difflib
import math
import os
import subprocess
import sys

sys.dont_write_bytecode = True

from functions import generate

HERE = os.path.dirname(os.path.abspath(__file__))


def same(committed, now):
    if committed == now:
        return True
    committed, now = committed.split("\t"), now.split("\t")
    if committed[:3] != now[:3] or len(committed) != 4 or committed[2] != "~":
        return False
    tolerance = 4e-7 if committed[1] == "FLOAT" else 1e-15  # a few units in the last place

    def close(a, b):
        try:
            return math.isclose(float(a), float(b), rel_tol=tolerance)
        except ValueError:
            return False

    pairs = zip(committed[3].split("|"), now[3].split("|"), strict=True)
    return all(a == b or close(a, b) for a, b in pairs)


def script(name):
    run = [sys.executable, "-B", os.path.join(HERE, name)]
    return subprocess.run(run, check=True, capture_output=True, encoding="utf-8").stdout


def files():
    yield "expressions.tsv", script("expressions.py")
    yield "queries.tsv", script("queries.py")
    yield "aggregates.tsv", script("aggregates.py")
    for family in generate.FAMILIES:
        yield f"functions/{family}.tsv", generate.generate(family)


failed = False
for name, now in files():
    with open(os.path.join(HERE, name), encoding="utf-8", newline="") as file:
        committed = file.read().split("\n")
    now = now.split("\n")
    if len(committed) == len(now):
        now = [a if same(a, b) else b for a, b in zip(committed, now)]
    diff = list(difflib.unified_diff(committed, now, f"{name} committed", f"{name} now", n=0, lineterm=""))
    failed |= bool(diff)
    print(*diff, sep="\n") if diff else print(name, "agrees")
sys.exit(failed)
