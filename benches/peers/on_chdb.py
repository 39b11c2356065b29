"""chDB, which is ClickHouse in this process: tables of its Memory engine."""

import io

import chdb
import pyarrow.ipc
from chdb import session

import engine


class ChDb:
    version = chdb.__version__

    def __init__(self, path, rows, trades, count):
        self.session = session.Session()
        self.session.query("SET max_threads = 1")
        fields = "ts Int64, device UInt32, temp Float32, humidity Float32, status UInt8"
        self.load("s", fields, path, f"{fields}, padding FixedString(3)", rows)
        numbers = "ts Int64, amount Float64, price Float64, quantity Int32"
        texts = "trader_len UInt16, trader FixedString(20), symbol_len UInt16, symbol FixedString(10)"
        record = f"{numbers}, {texts}, padding FixedString(2)"
        self.load("trades", f"{numbers}, trader String, symbol String", trades, record, count)
        self.session.query("CREATE TABLE hops (k Int64) ENGINE = Memory")
        self.session.query("INSERT INTO hops SELECT number FROM numbers(10)")

    def load(self, name, fields, path, record, rows):
        """A table of records: they lie in a file as ClickHouse's RowBinary lays them out."""
        names = ", ".join(field.split()[0] for field in fields.split(", "))
        self.session.query(f"CREATE TABLE {name} ({fields}) ENGINE = Memory")
        self.session.query(
            f"""INSERT INTO {name} SELECT {names} FROM file('{path}', RowBinary, '{record}')
            LIMIT {rows}"""
        )

    def run(self, query):
        self.session.query(engine.SQL[query], "Null")

    def rows(self, query):
        answer = self.session.query(engine.SQL[query], "ArrowStream").bytes()
        with pyarrow.ipc.open_stream(io.BytesIO(answer)) as reader:
            return engine.from_arrow(reader.read_all())


if __name__ == "__main__":
    engine.serve(ChDb)
