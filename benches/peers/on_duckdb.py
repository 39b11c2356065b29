"""DuckDB: a table in memory."""

import duckdb

import engine


class DuckDb:
    version = duckdb.__version__

    def __init__(self, path, rows):
        table = engine.arrow(path, rows)
        self.db = duckdb.connect(config={"threads": 1})
        self.db.register("given", table)
        self.db.execute("CREATE TABLE s AS FROM given")
        self.db.unregister("given")
        self.db.execute("CREATE TABLE hops AS SELECT range AS k FROM range(10)")

    def run(self, query):
        for _ in self.db.sql(engine.SQL[query]).to_arrow_reader():
            pass

    def rows(self, query):
        return engine.from_arrow(self.db.sql(engine.SQL[query]).to_arrow_table())


if __name__ == "__main__":
    engine.serve(DuckDb)
