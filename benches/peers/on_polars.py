"""Polars: data frames in memory, its lazy interface."""

import polars as pl
from polars import col

import engine

WINDOW = (col("ts") - col("ts") % 1_000_000).alias("window_start")
GROUP = [pl.len(), col("temp").mean().alias("avg"), col("temp").max().alias("max")]
# A sum in double precision, as SQL has it.
TEMP = col("temp").cast(pl.Float64)


# What comes behind a row, with it.
PRICES = col("price").reverse()


def over_trades(trades):
    """The queries over a lazy frame of trades."""
    last = dict(window_size=100, min_samples=1)
    minute = (col("ts") - col("ts") % 60_000_000).alias("window_start")
    return {
        "V0": trades.select("symbol", "price", "quantity"),
        "V1": trades.filter(col("amount") > 100).select("trader", "symbol", "price", "quantity"),
        "V2": trades.select(
            pl.int_range(100, pl.len() + 100).alias("window_end"),
            PRICES.rolling_mean(**last).reverse().alias("avg"),
            PRICES.rolling_min(**last).reverse().alias("min"),
            PRICES.rolling_max(**last).reverse().alias("max"),
        ),
        "V3": trades.group_by(minute, "trader", "symbol").agg(
            pl.len(),
            col("price").mean(),
            col("quantity").cast(pl.Int64).sum(),
            (col("price") * col("quantity")).sum().alias("volume"),
        ),
    }


def queries(s):
    """The reference queries over a lazy frame."""
    total = [TEMP.sum().alias("total"), pl.len().cast(pl.Int64).alias("n")]
    # It knows that rows are in the order of time, and so needs no hash table.
    time = s.with_columns(col("ts").cast(pl.Datetime("us")).set_sorted())
    panes = time.group_by_dynamic("ts", every="1s").agg(total)
    hops = pl.LazyFrame({"k": range(10)})
    start = (col("ts").to_physical() - col("k") * 1_000_000).alias("window_start")
    # It starts with the window of the first row, if not told to start with the first that has it.
    windows = time.group_by_dynamic("ts", every="1s", period="10s", offset="-9s")
    sums = panes.join(hops, how="cross").group_by(start).agg(col("total").sum(), col("n").sum())
    return {
        "Q1": s.filter((col("temp") > 30.0) & (col("status") != 3)).select(
            "device", (col("temp") * 1.8 + 32).alias("f")
        ),
        "Q2": s.filter(col("status") == 1).select(
            pl.len(), col("temp").mean(), col("humidity").min(), col("humidity").max().alias("max")
        ),
        "Q3": s.group_by("device").agg(GROUP),
        "Q4": s.group_by(WINDOW, "device").agg(GROUP),
        "Q5 panes": sums.select("window_start", col("total") / col("n")),
        "Q5 hops": windows.agg(TEMP.mean()),
    }


class Polars:
    version = pl.__version__

    def __init__(self, path, rows, trades, count):
        frame = lambda columns: pl.from_arrow(engine.arrow(columns)).lazy()
        self.queries = queries(frame(engine.columns(path, rows)))
        self.queries |= over_trades(frame(engine.trades(trades, count)))

    def run(self, query):
        self.queries[query].collect()

    def rows(self, query):
        result = self.queries[query].collect()
        return [engine.plain(c.to_physical().to_numpy()) for c in result.get_columns()]


if __name__ == "__main__":
    engine.serve(Polars)
