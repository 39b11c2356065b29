"""Random streams: columns of every family, event times with ties, gaps and disorder."""

import dataclasses
import datetime

MILLISECOND = 1_000
SECOND = 1_000_000

# Name, type in RingQL, type in DuckDB, one of how many values is NULL (0: NOT NULL).
COLUMNS = [
    ("ts", "TIMESTAMP", "TIMESTAMP", 0),
    ("k", "INTEGER", "INTEGER", 9),
    ("n", "INTEGER", "INTEGER", 0),
    ("name", "VARCHAR(6)", "VARCHAR", 7),
    ("flag", "BOOLEAN", "BOOLEAN", 6),
    ("i", "INTEGER", "INTEGER", 6),
    ("b", "BIGINT", "BIGINT", 8),
    ("r", "REAL", "REAL", 6),
    ("d", "DOUBLE", "DOUBLE", 0),
    ("f", "DOUBLE", "DOUBLE", 7),
    ("m", "DECIMAL(9, 2)", "DECIMAL(9, 2)", 7),
    ("meter", "INTEGER", "INTEGER", 0),
    ("up", "BOOLEAN", "BOOLEAN", 9),
    ("down", "BOOLEAN", "BOOLEAN", 9),
    ("id", "BIGINT", "BIGINT", 0),
]
NAMES = ["", "a", "b", "ab", "ä", "abcdef"]
TABLE = ", ".join(f"{name} {kind}" for name, _, kind, _ in COLUMNS)


@dataclasses.dataclass
class Stream:
    delay: int  # microseconds
    rows: list  # texts or None, in the order of arrival
    unit: int  # what event times are multiples of, microseconds
    in_order: bool
    has_late: bool

    @property
    def sql(self):
        def column(name, kind, nulls):
            return f"{name} {kind}" if nulls else f"{name} {kind} NOT NULL"

        columns = ", ".join(column(name, kind, nulls) for name, kind, _, nulls in COLUMNS)
        watermark = f"WATERMARK FOR ts AS ts - {interval(self.delay)}"
        return f"CREATE STREAM s ({columns}, {watermark})"

    def with_rows(self, rows):
        return dataclasses.replace(self, rows=rows)

    def fill(self, con):
        """Makes the table `s` of the rows, with the number of each."""

        def value(text, kind):
            return "NULL" if text is None else f"'{text}'::{kind}" if kind != "VARCHAR" else f"'{text}'"

        kinds = [kind for _, _, kind, _ in COLUMNS]
        con.execute(f"CREATE OR REPLACE TABLE s ({TABLE}, arrival BIGINT)")
        if self.rows:
            rows = (", ".join(map(value, row, kinds)) + f", {at}" for at, row in enumerate(self.rows))
            con.execute("INSERT INTO s VALUES " + ", ".join(f"({row})" for row in rows))


def interval(micros):
    if micros % MILLISECOND:
        return f"INTERVAL '{micros}' MICROSECOND"
    if micros % SECOND:
        return f"INTERVAL '{micros // MILLISECOND}' MILLISECOND"
    return f"INTERVAL '{micros // SECOND}' SECOND"


def timestamp(micros):
    return str(datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros))


def stream(random):
    unit = random.choice([SECOND, SECOND, SECOND // 4, 10 * MILLISECOND, 1])
    delay = random.choice([0, 0, 1, 2, 5, 10]) * max(unit, SECOND // 4)
    in_order = random.random() < 0.4
    has_late = not in_order and random.random() < 0.25
    count = random.choice([0, 1, 2, random.randrange(20), random.randrange(100), random.randrange(301)])
    # Before 1970 too.
    now = random.choice([1_704_067_200 * SECOND, 1_710_000_123 * SECOND, -40 * SECOND])
    step = random.choice([0, 1, 2, 5, 20]) * max(unit, SECOND // 10)
    keys = random.choice([1, 2, 3, 8])
    times = []
    for _ in range(count):
        if random.random() < 0.4:  # otherwise a tie
            now += random.randint(0, max(1, step // unit)) * unit
        if random.random() < 0.02:
            now += 60 * SECOND  # a gap of many windows
        times.append(now)
    if not in_order:
        # Each waits a time of up to the delay, or a late one longer.
        waits = [random.randint(0, delay // unit) * unit for _ in times]
        if has_late:
            waits = [w + (random.randint(0, 40) * unit if random.random() < 0.2 else 0) for w in waits]
        order = sorted(range(count), key=lambda at: (times[at] + waits[at], random.random()))
        times = [times[at] for at in order]
    ids = random.sample(range(count), count)
    meter = 0
    rows = []
    for time, number in zip(times, ids):
        meter = random.randrange(5) if random.random() < 0.1 else meter + random.randrange(9)
        values = [
            timestamp(time), random.randrange(keys), random.randrange(keys) - 1, random.choice(NAMES),
            random.random() < 0.5, random.randint(-50, 50), random.randint(-(10**12), 10**12),
            random.randint(-200, 200) / 8, random.randint(-200, 200) / 8, round(random.uniform(-10, 10), 4),
            f"{random.randint(-99999, 99999) / 100:.2f}", meter, random.random() < 0.3,
            random.random() < 0.3, number,
        ]  # fmt: skip
        nulls = (nulls for _, _, _, nulls in COLUMNS)
        rows.append([None if n and random.randrange(n) == 0 else text(v) for v, n in zip(values, nulls)])
    return Stream(delay, rows, unit, in_order, has_late)


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
