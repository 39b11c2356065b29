"""RingQL and its peers on the same queries over the same rows, one thread each, in turns.

Every peer's rows are compared with RingQL's before anything is measured; one that disagrees is an
error that says where. Run by `cargo xtask bench --peers`.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PEERS = ["DuckDB", "Polars", "DataFusion", "chDB", "SQLite"]
# What a peer without HOP can do instead; RingQL's HOP is beside both.
QUERIES = {
    "Q1": "Q1",
    "Q2": "Q2",
    "Q3": "Q3",
    "Q4": "Q4",
    "Q5 panes": "Q5",
    "Q5 hops": "Q5",
    "V0": "V0",
    "V1": "V1",
    "V2": "V2",
    "V3": "V3",
}
TEXTS = [("trader_len", "<u2"), ("trader", "S20"), ("symbol_len", "<u2"), ("symbol", "S10")]
# RingQL's result records, and how many of the first columns make a row's key.
RESULTS = {
    "Q1": ([("device", "<u4"), ("f", "<f4")], 1),
    "Q2": ([("n", "<i8"), ("avg", "<f8"), ("min", "<f4"), ("max", "<f4")], 0),
    "Q3": ([("device", "<u4"), ("n", "<i8"), ("avg", "<f8"), ("max", "<f4")], 1),
    "Q4": (
        [("start", "<i8"), ("device", "<u4"), ("n", "<i8"), ("avg", "<f8"), ("max", "<f4")],
        2,
    ),
    "Q5": ([("start", "<i8"), ("avg", "<f8")], 1),
    "V0": ([*TEXTS[2:], ("price", "<f8"), ("quantity", "<i4")], 3),
    "V1": ([*TEXTS, ("price", "<f8"), ("quantity", "<i4")], 4),
    "V2": ([("end", "<i8"), ("avg", "<f8"), ("min", "<f8"), ("max", "<f8")], 1),
    "V3": (
        [
            ("start", "<i8"),
            *TEXTS,
            ("n", "<i8"),
            ("avg", "<f8"),
            ("quantity", "<i8"),
            ("volume", "<f8"),
            # A sum may be NULL. None of these is.
            ("validity", "u1"),
        ],
        3,
    ),
}
# Single precision has 24 bits; in double precision only the order of additions differs.
TOLERANCE = {4: 1e-6, 8: 1e-9}

# In a turn.
RUNS = 2


class Engine:
    """A process that answers line by line."""

    def __init__(self, name, command, rows, trades):
        self.name, self.rows, self.trades = name, rows, trades
        one_thread = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1"}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | one_thread,
        )
        self.version = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"error: {self.name} ended: exit status {self.process.wait()}")
        return line.strip()

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, query):
        return float(self.ask("time", query))

    def count(self, query):
        """Records that the query reads."""
        return self.trades if query.startswith("V") else self.rows


class RingQl(Engine):
    def __init__(self, program, layout, rows, devices, trades):
        command = [program, "serve", layout, str(rows), str(devices), str(trades)]
        super().__init__(f"RingQL {layout}", command, rows, trades)

    def seconds(self, query):
        return super().seconds(QUERIES[query])

    def result(self, query, rows, folder):
        """The result over the first rows, columns in order."""
        path = folder / "ringql.bin"
        self.ask("rows", QUERIES[query], rows, path)
        fields, _ = RESULTS[QUERIES[query]]
        records = np.fromfile(path, np.dtype(fields, align=True))
        return [records[name] for name, _ in fields if not name.endswith(("_len", "validity"))]


class Peer(Engine):
    def __init__(self, name, path, rows, trades_path, trades):
        script = HERE / f"on_{name.lower()}.py"
        command = [sys.executable, "-B", script, path, str(rows), trades_path, str(trades)]
        super().__init__(name, command, rows, trades)

    def result(self, query, folder):
        path = folder / "peer.npz"
        self.ask("rows", query, path)
        with np.load(path) as columns:
            return [columns[name] for name in columns.files]


def ordered(columns, keys):
    """The rows in the order of their keys, those of the same key in the order of the rest."""
    if not keys:
        return columns
    order = np.lexsort(columns[::-1])
    return [column[order] for column in columns]


def compare(what, found, expected, keys):
    """Ends the program with a message if the rows differ."""
    shapes = [f"{len(c)} columns of {len(c[0]) if c else 0} rows" for c in (found, expected)]
    if shapes[0] != shapes[1]:
        sys.exit(f"error: {what} disagrees with RingQL: {shapes[0]} instead of {shapes[1]}")
    found, expected = ordered(found, keys), ordered(expected, keys)
    for i, (a, b) in enumerate(zip(found, expected)):
        if b.dtype.kind == "f":
            tolerance = TOLERANCE[min(a.dtype.itemsize, b.dtype.itemsize)]
            bad = ~np.isclose(a.astype("f8"), b.astype("f8"), rtol=tolerance, atol=0)
        elif b.dtype.kind == "S":
            bad = a != b
        else:
            bad = a.astype("i8") != b.astype("i8")
        if bad.any():
            at = int(bad.argmax())
            rows = [tuple(c[at].item() for c in columns) for columns in (found, expected)]
            sys.exit(
                f"error: {what} disagrees with RingQL in {int(bad.sum())} of {len(bad)} rows, "
                f"first in column {i}: {rows[0]} instead of {rows[1]}"
            )


def check(queries, ringql, peers, folder):
    row_major, columnar = ringql
    for query in queries:
        keys = RESULTS[QUERIES[query]][1]
        expected = {}
        for peer in peers:
            count = peer.count(query)
            if count not in expected:
                expected[count] = row_major.result(query, count, folder)
                found = columnar.result(query, count, folder)
                compare(f"{query}: {columnar.name}", found, expected[count], keys)
            found = peer.result(query, folder)
            compare(f"{query}: {peer.name}", found, expected[count], keys)
        rows = max(len(columns[0]) for columns in expected.values())
        print(f"{query}: all agree on {rows:,} result rows", flush=True)


def measure(queries, engines, turns):
    """The best rate of each engine at each query, million records a second."""
    best = {query: {engine.name: math.inf for engine in engines} for query in queries}
    # Through all queries each turn: what else the machine does for a while hits a part of each.
    for _ in range(turns):
        for query, best_of in best.items():
            for engine in engines:
                # The others have had the caches; a first run alone would measure that.
                seconds = min(engine.seconds(query) for _ in range(RUNS))
                best_of[engine.name] = min(best_of[engine.name], seconds)
    rate = lambda engine, query: engine.count(query) / best[query][engine.name] / 1e6
    return {query: {e.name: rate(e, query) for e in engines} for query in queries}


def table(head, lines):
    """Prints a table, the first column to the left."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        cells = [cell.rjust(width) for cell, width in zip(line, widths)]
        print("  ".join([line[0].ljust(widths[0]), *cells[1:]]))


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def show(engines, ringql, rates):
    print("\nmillion records a second, one thread, rows in memory")
    rows = {engine.rows for engine in engines}
    heads = [e.name if e.rows == max(rows) else f"{e.name} ({e.rows:,} rows)" for e in engines]
    table(["", *heads], [[q, *(figure(r[e.name]) for e in engines)] for q, r in rates.items()])
    for own in ringql:
        print(f"\n{own.name}, times as fast as")
        lines = [
            [q, *(figure(r[own.name] / r[e.name]) for e in engines if e not in ringql)]
            for q, r in rates.items()
        ]
        table(["", *(e.name for e in engines if e not in ringql)], lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="benches/src/bin/on_demand.rs, built")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--sqlite-rows", type=int, required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--trades", type=int, required=True)
    parser.add_argument("--queries", nargs="+", default=list(QUERIES), choices=QUERIES)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--json", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data, trades = folder / "s.bin", folder / "trades.bin"
        made = ["export", str(args.rows), str(args.devices), data, str(args.trades), trades]
        export = [args.program, *made]
        subprocess.run(export, check=True)
        layouts = ["row-major", "columnar"]
        made = args.rows, args.devices, args.trades
        ringql = [RingQl(args.program, layout, *made) for layout in layouts]
        fewer = {"SQLite": args.sqlite_rows}
        most = lambda name, rows: min(rows, fewer.get(name, rows))
        peers = [
            Peer(name, data, most(name, args.rows), trades, most(name, args.trades))
            for name in PEERS
        ]
        engines = ringql + peers
        for engine in engines:
            print(f"{engine.name} {engine.version}: {engine.rows:,} rows, {engine.trades:,} trades")
        check(args.queries, ringql, peers, folder)
        rates = measure(args.queries, engines, args.turns)
        show(engines, ringql, rates)
        for engine in engines:
            engine.process.stdin.close()
            engine.process.wait()
    found = {
        "rows": args.rows,
        "devices": args.devices,
        "engines": [
            {"name": e.name, "version": e.version, "rows": e.rows, "trades": e.trades}
            for e in engines
        ],
        "rates": rates,
    }
    args.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
