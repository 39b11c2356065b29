"""DataFusion: record batches in memory."""

import datafusion
from datafusion import SessionConfig, SessionContext

import engine


class DataFusion:
    version = datafusion.__version__

    def __init__(self, path, rows, trades, count):
        config = SessionConfig().with_target_partitions(1)
        self.context = SessionContext(config)
        for name, columns in [
            ("s", engine.columns(path, rows)),
            ("trades", engine.trades(trades, count)),
        ]:
            batches = engine.arrow(columns).to_batches(max_chunksize=8192)
            self.context.register_record_batches(name, [batches])
        hops = "SELECT column1 AS k FROM (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
        self.context.register_record_batches("hops", [self.context.sql(hops).collect()])

    def run(self, query):
        for _ in self.context.sql(engine.SQL[query]).execute_stream():
            pass

    def rows(self, query):
        return engine.from_arrow(self.context.sql(engine.SQL[query]).to_arrow_table())


if __name__ == "__main__":
    engine.serve(DataFusion)
