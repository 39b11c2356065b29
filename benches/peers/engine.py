"""An engine as a process of its own: it loads the rows, then runs queries on demand.

It is told what to do by lines on its standard input and answers each with a line:
    time QUERY        the seconds that one run took
    rows QUERY FILE   "done", when the result's columns lie in FILE (as numpy's `.npz`)
"""

import sys
import time

import numpy as np

# The first fields of `S` as `benches/src/data.rs` lays them out.
READING = np.dtype(
    [
        ("ts", "<i8"),
        ("device", "<u4"),
        ("temp", "<f4"),
        ("humidity", "<f4"),
        ("status", "u1"),
        ("padding", "V3"),
    ]
)
COLUMNS = [name for name in READING.names if name != "padding"]
# Trades, as `benches/src/trades.rs` lays them out.
TRADE = np.dtype(
    [
        ("ts", "<i8"),
        ("amount", "<f8"),
        ("price", "<f8"),
        ("quantity", "<i4"),
        ("trader_len", "<u2"),
        ("trader", "S20"),
        ("symbol_len", "<u2"),
        ("symbol", "S10"),
        ("padding", "V2"),
    ]
)
TRADE_COLUMNS = ["ts", "amount", "price", "quantity", "trader", "symbol"]

# The reference queries, `ts` in microseconds, where the dialects agree. `hops` holds k = 0 to 9.
SQL = {
    "Q1": """SELECT device, temp * CAST(1.8 AS REAL) + CAST(32 AS REAL) AS f FROM s
        WHERE temp > 30.0 AND status <> 3""",
    "Q2": "SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1",
    "Q3": "SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device",
    "Q4": """SELECT ts - ts % 1000000 AS window_start, device, COUNT(*), AVG(temp), MAX(temp)
        FROM s GROUP BY ts - ts % 1000000, device""",
    "Q5 panes": """WITH panes AS (
            SELECT ts - ts % 1000000 AS pane, SUM(temp) AS total, COUNT(*) AS n
            FROM s GROUP BY ts - ts % 1000000)
        SELECT pane - k * 1000000 AS window_start, SUM(total) / SUM(n)
        FROM panes CROSS JOIN hops GROUP BY pane - k * 1000000""",
    "Q5 hops": """SELECT ts - ts % 1000000 - k * 1000000 AS window_start, AVG(temp)
        FROM s CROSS JOIN hops GROUP BY ts - ts % 1000000 - k * 1000000""",
    "V0": "SELECT symbol, price, quantity FROM trades",
    "V1": "SELECT trader, symbol, price, quantity FROM trades WHERE amount > 100",
    # Of all symbols together, as RingQL's windows of rows are. Rows are in the order of time.
    "V2": """SELECT CAST(ROW_NUMBER() OVER () AS BIGINT) + 99 AS window_end,
            AVG(price) OVER w, MIN(price) OVER w, MAX(price) OVER w
        FROM trades WINDOW w AS (ROWS BETWEEN CURRENT ROW AND 99 FOLLOWING)""",
    "V3": """SELECT ts - ts % 60000000 AS window_start, trader, symbol, COUNT(*), AVG(price),
            CAST(SUM(quantity) AS BIGINT), SUM(price * quantity)
        FROM trades GROUP BY ts - ts % 60000000, trader, symbol""",
}


def columns(path, rows, record=READING, names=COLUMNS):
    """The first records of the file, each column on its own."""
    records = np.fromfile(path, record, rows)
    return {name: np.ascontiguousarray(records[name]) for name in names}


def trades(path, rows):
    """The first trades of the file, each column on its own."""
    return columns(path, rows, TRADE, TRADE_COLUMNS)


def arrow(columns):
    """Columns as an Arrow table, texts as strings."""
    import pyarrow

    def array(values):
        array = pyarrow.array(values)
        return array.cast(pyarrow.string()) if values.dtype.kind == "S" else array

    return pyarrow.table({name: array(values) for name, values in columns.items()})


def from_arrow(table):
    """The columns of a result in order."""
    return [plain(column.to_numpy()) for column in table.columns]


def plain(values):
    """A column of a result: texts as bytes, which need no pickling."""
    return values.astype("S") if values.dtype.kind in "OU" else values


def serve(engine):
    """Loads the rows that the command line names into an engine and obeys."""
    path, rows, trades_path, count = sys.argv[1:]
    loaded = engine(path, int(rows), trades_path, int(count))
    print(loaded.version, flush=True)
    for line in sys.stdin:
        match line.rstrip("\n").split("\t"):
            case ["time", query]:
                start = time.perf_counter()
                loaded.run(query)
                print(time.perf_counter() - start, flush=True)
            case ["rows", query, path]:
                np.savez(path, *loaded.rows(query))
                print("done", flush=True)
            case _:
                sys.exit(f"not understood: {line!r}")
