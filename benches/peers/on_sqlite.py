"""SQLite: tables of a database in memory."""

import sqlite3

import numpy as np

import engine


class Sqlite:
    version = sqlite3.sqlite_version

    def __init__(self, path, rows, trades, count):
        self.db = sqlite3.connect(":memory:")
        self.load("s", engine.columns(path, rows))
        self.load("trades", engine.trades(trades, count))
        self.db.execute("CREATE TABLE hops (k)")
        self.db.executemany("INSERT INTO hops VALUES (?)", [(k,) for k in range(10)])
        self.db.commit()

    def load(self, name, columns):
        self.db.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        is_text = lambda values: values.dtype.kind == "S"
        values = [(c.astype("U") if is_text(c) else c).tolist() for c in columns.values()]
        places = ", ".join("?" * len(values))
        self.db.executemany(f"INSERT INTO {name} VALUES ({places})", zip(*values))

    def run(self, query):
        # As a script, whose rows SQLite computes and Python never sees: no tuples are made.
        self.db.executescript(engine.SQL[query])

    def rows(self, query):
        return [engine.plain(np.array(column)) for column in zip(*self.db.execute(engine.SQL[query]))]


if __name__ == "__main__":
    engine.serve(Sqlite)
