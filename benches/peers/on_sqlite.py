"""SQLite: a table of a database in memory."""

import sqlite3

import numpy as np

import engine


class Sqlite:
    version = sqlite3.sqlite_version

    def __init__(self, path, rows):
        self.db = sqlite3.connect(":memory:")
        columns = [values.tolist() for values in engine.columns(path, rows).values()]
        self.db.execute(f"CREATE TABLE s ({', '.join(engine.COLUMNS)})")
        self.db.executemany("INSERT INTO s VALUES (?, ?, ?, ?, ?)", zip(*columns))
        self.db.execute("CREATE TABLE hops (k)")
        self.db.executemany("INSERT INTO hops VALUES (?)", [(k,) for k in range(10)])
        self.db.commit()

    def run(self, query):
        # As a script, whose rows SQLite computes and Python never sees: no tuples are made.
        self.db.executescript(engine.SQL[query])

    def rows(self, query):
        return [np.array(column) for column in zip(*self.db.execute(engine.SQL[query]))]


if __name__ == "__main__":
    engine.serve(Sqlite)
