"""DuckDB: tables in memory."""

import duckdb

import engine


class DuckDb:
    version = duckdb.__version__

    def __init__(self, path, rows, trades, count):
        self.db = duckdb.connect(config={"threads": 1})
        self.load("s", engine.columns(path, rows))
        self.load("trades", engine.trades(trades, count))
        self.db.execute("CREATE TABLE hops AS SELECT range AS k FROM range(10)")

    def load(self, name, columns):
        self.db.register("given", engine.arrow(columns))
        self.db.execute(f"CREATE TABLE {name} AS FROM given")
        self.db.unregister("given")

    def run(self, query):
        for _ in self.db.sql(engine.SQL[query]).to_arrow_reader():
            pass

    def rows(self, query):
        return engine.from_arrow(self.db.sql(engine.SQL[query]).to_arrow_table())


if __name__ == "__main__":
    engine.serve(DuckDb)
