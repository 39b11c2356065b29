"""Windows of each kind: how RingQL writes them, and what they are as arithmetic on the time `t`.

In DuckDB a window is a query over the rows of `keyed`, with the columns of `s`, the time `t` and the
watermark `mark` (microseconds), the keys `key0`, `key1`, ..., and the number `arrival`: each row
comes out once for each window that it is in, with `window_start` and `window_end`.
"""

import dataclasses
import math

from windows.streams import SECOND, interval

MACROS = ["CREATE OR REPLACE MACRO down(a, b) AS (a - (((a % b) + b) % b)) // b"]


@dataclasses.dataclass
class Window:
    kind: str
    arguments: list  # after the time column
    placed: str  # DuckDB
    features: set
    # Whether the rows of a window, or its bounds, depend on the order in which rows arrive.
    by_arrival: bool = False
    # Whether sums over its rows are put together from panes: what has an order has it by time.
    by_panes: bool = False
    rows_as_time: bool = False
    # A column that tells windows of the same bounds apart.
    number: str = ""
    # What Flink's SESSION is partitioned by.
    partition: list = dataclasses.field(default_factory=list)

    def from_sql(self, source, time, spelling):
        if self.kind in ("COUNT_WINDOW", "STATE_WINDOW"):
            return f"{self.kind}({', '.join([source, *self.arguments])})"
        if spelling == "flink":
            keys = f" PARTITION BY {', '.join(self.partition)}" if self.partition else ""
            arguments = [f"TABLE {source}{keys}", f"DESCRIPTOR({time})", *self.arguments]
            return f"TABLE({self.kind}({', '.join(arguments)}))"
        return f"{self.kind}({', '.join([source, time, *self.arguments])})"


def of(kind, random, unit, keys):
    """A random window of a kind, for event times that are multiples of `unit`."""
    return MAKERS[kind](random, max(unit, SECOND // 20), keys)


def bounds(start, end):
    return f"make_timestamp({start}) AS window_start, make_timestamp({end}) AS window_end"


def offset_of(random, unit, features):
    if random.random() < 0.6:
        return 0, []
    features.add("offset")
    offset = random.choice([1, 3, 7, -1, -2, 100]) * unit
    return offset, [interval(offset)]


def tumble(random, unit, _keys):
    features = set()
    size = random.choice([1, 2, 3, 5, 10, 60]) * unit
    offset, rest = offset_of(random, unit, features)
    start = f"down(t - ({offset}), {size}) * {size} + ({offset})"
    placed = f"""SELECT *, make_timestamp(w) AS window_start, make_timestamp(w + {size}) AS window_end
        FROM (SELECT *, {start} AS w FROM keyed) WHERE w + {size} > mark"""
    return Window("TUMBLE", [interval(size), *rest], placed, features)


def hop(random, unit, _keys):
    features = set()
    every = random.choice([1, 2, 3, 4, 5]) * unit
    if random.random() < 0.6:
        size = every * random.choice([1, 2, 3, 5, 10, 30])
    else:
        size = random.choice([1, 3, 7, 8, 11]) * unit
        if size < every:
            features.add("HOP with gaps")
        elif size % every:
            features.add("HOP, no multiple")
    offset, rest = offset_of(random, unit, features)
    last = f"down(t - ({offset}), {every})"
    start = f"w * {every} + ({offset})"
    placed = f"""SELECT * EXCLUDE (w), {bounds(start, f"{start} + {size}")} FROM (
            SELECT *, unnest(generate_series({last} - {math.ceil(size / every) - 1}, {last})) AS w FROM keyed
        ) WHERE {start} + {size} > t AND {start} + {size} > mark"""
    return Window("HOP", [interval(every), interval(size), *rest], placed, features, by_panes=True)


def cumulate(random, unit, _keys):
    features = set()
    step = random.choice([1, 2, 3, 5]) * unit
    steps = random.choice([1, 2, 3, 6, 12])
    offset, rest = offset_of(random, unit, features)
    size = step * steps
    start = f"down(t - ({offset}), {size}) * {size} + ({offset})"
    placed = f"""SELECT * EXCLUDE (w, part), {bounds("w", f"w + part * {step}")} FROM (
            SELECT *, {start} AS w, unnest(generate_series(1, {steps})) AS part FROM keyed
        ) WHERE w + part * {step} > t AND w + part * {step} > mark"""
    return Window("CUMULATE", [interval(step), interval(size), *rest], placed, features, by_panes=True)


def session(random, unit, keys):
    gap = random.choice([1, 2, 3, 5, 10]) * unit
    by = "".join(f"{key}, " for key in keys)
    partition = f"PARTITION BY {', '.join(keys)} " if keys else ""
    placed = f"""SELECT * EXCLUDE (opens, w), make_timestamp(min(t) OVER ({partition_of(by, "w")})) AS window_start,
            make_timestamp(max(t) OVER ({partition_of(by, "w")}) + {gap}) AS window_end
        FROM (SELECT *, sum(opens) OVER ({partition}ORDER BY t, arrival ROWS UNBOUNDED PRECEDING) AS w FROM (
            SELECT *, coalesce(t - lag(t) OVER ({partition}ORDER BY t, arrival) > {gap}, true)::INTEGER AS opens
            FROM keyed))"""
    return Window("SESSION", [interval(gap)], placed, set(), by_panes=True)


def partition_of(by, last):
    return f"PARTITION BY {by}{last}"


def count_window(random, _unit, _keys):
    features = set()
    n = random.choice([1, 2, 3, 7, 20, 100])
    arguments, every = [str(n)], n
    if random.random() < 0.6:
        features.add("COUNT_WINDOW, every")
        every = random.choice([e for e in (1, 2, 3, 5, 10) if e <= n])
        arguments.append(str(every))
    last = f"arrival // {every}"
    placed = f"""SELECT * EXCLUDE (w), w * {every} AS window_start, w * {every} + {n} AS window_end FROM (
            SELECT *, unnest(generate_series(greatest(0, {last} - {math.ceil(n / every) - 1}), {last})) AS w FROM keyed
        ) WHERE w * {every} + {n} > arrival"""
    return Window("COUNT_WINDOW", arguments, placed, features, by_arrival=True, by_panes=True, rows_as_time=True)


def state_window(random, _unit, keys):
    opens = random.choice(["up", "up AND i > 0", "d > 10", "flag"])
    closes = random.choice(["down", "down OR i < -30", "r <= 0", "NOT flag"])
    by = "".join(f"{key}, " for key in keys)
    partition = f"PARTITION BY {', '.join(keys)} " if keys else ""
    window = f"PARTITION BY {by}w ORDER BY arrival"
    placed = f"""SELECT * EXCLUDE (is_in),
            first_value(make_timestamp(t)) OVER ({window}) AS window_start,
            last_value(make_timestamp(t)) OVER ({window} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS window_end
        FROM (SELECT * FROM (SELECT *, bool_or(coalesce({opens}, false)) OVER ({window}) AS is_in FROM (
            SELECT *, coalesce(sum(coalesce({closes}, false)::INTEGER) OVER ({partition}ORDER BY arrival
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS w FROM keyed)) WHERE is_in)"""
    return Window("STATE_WINDOW", [opens, closes], placed, set(), by_arrival=True, number="w")


MAKERS = {
    "TUMBLE": tumble,
    "HOP": hop,
    "CUMULATE": cumulate,
    "SESSION": session,
    "COUNT_WINDOW": count_window,
    "STATE_WINDOW": state_window,
}
