"""chDB, which is ClickHouse in this process: a table of its Memory engine."""

import io

import chdb
import pyarrow.ipc
from chdb import session

import engine


class ChDb:
    version = chdb.__version__

    def __init__(self, path, rows):
        self.session = session.Session()
        self.session.query("SET max_threads = 1")
        # A record of `S` is as ClickHouse's RowBinary lays it out.
        fields = "ts Int64, device UInt32, temp Float32, humidity Float32, status UInt8"
        self.session.query(f"CREATE TABLE s ({fields}) ENGINE = Memory")
        self.session.query(
            f"""INSERT INTO s SELECT {", ".join(engine.COLUMNS)}
            FROM file('{path}', RowBinary, '{fields}, padding FixedString(3)') LIMIT {rows}"""
        )
        self.session.query("CREATE TABLE hops (k Int64) ENGINE = Memory")
        self.session.query("INSERT INTO hops SELECT number FROM numbers(10)")

    def run(self, query):
        self.session.query(engine.SQL[query], "Null")

    def rows(self, query):
        answer = self.session.query(engine.SQL[query], "ArrowStream").bytes()
        with pyarrow.ipc.open_stream(io.BytesIO(answer)) as reader:
            return engine.from_arrow(reader.read_all())


if __name__ == "__main__":
    engine.serve(ChDb)
