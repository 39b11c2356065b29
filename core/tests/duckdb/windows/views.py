"""Windows over windows: views whose rows are the results of windows, one to three deep."""

import re

from windows import kinds
from windows.queries import CONDITIONS, EXACT, HAVING, SLIDING, Case, base

KEYS = [[], ["k"], ["n"], ["k", "name"]]
# What is exact however it is added up: what is over it need not know in which order.
VALUES = ["COUNT(*)", "SUM(i)", "MIN(d)", "MAX(r)", "SUM(d)", "COUNT(r)"]
OVER = ["COUNT(*)", "COUNT({})", "SUM({})", "MIN({})", "MAX({})"]


class Levels:
    """The views so far: RingQL's statements, DuckDB's CTEs, and what the last one has."""

    def __init__(self, stream):
        self.stream = stream
        self.statements = []
        self.ctes = base(stream, [], None)[:1]
        self.source, self.table, self.time = "s", "src", "ts"
        self.names, self.keys, self.values = [], [], VALUES
        self.features = set()

    def view(self, select, moves):
        """Names what was selected, or leaves it a subquery of the window over it."""
        if moves:
            self.features.add("subquery in FROM")
            self.source = f"({select})"
        else:
            self.source = f"v{len(self.statements)}"
            self.statements.append(f"CREATE VIEW {self.source} AS {select};\n")

    def rows(self, condition):
        """A view of rows: what it turns away still moves the watermark."""
        self.features.add("view of rows")
        columns = "ts, k, n, name, i, r, d * 2 AS d"
        self.view(f"SELECT {columns} FROM s WHERE {condition}", False)
        self.ctes.append(f"rows AS (SELECT {columns}, down, flag, arrival, t, mark FROM src WHERE {condition})")
        self.table = "rows"

    def placed(self, random, kind, keys, condition):
        """Puts the rows into windows: RingQL's FROM, and the name of DuckDB's table."""
        number = len(self.ctes)
        where = f" WHERE {condition}" if condition else ""
        named = "".join(f", {key} AS key{i}" for i, key in enumerate(keys))
        time = "*" if self.time == "ts" else "*, epoch_us(moment) AS t, -9000000000000000000 AS mark"
        self.ctes.append(f"keyed{number} AS (SELECT {time}{named} FROM {self.table}{where})")
        self.features.add(kind)
        if kind == "no window":
            return f"{self.source}{where}", f"keyed{number}"
        window = kinds.of(kind, random, self.stream.unit, [f"key{i}" for i in range(len(keys))])
        self.features |= window.features
        placed = re.sub(r"\bkeyed\b", f"keyed{number}", window.placed)
        self.ctes.append(f"placed{number} AS ({placed})")
        return f"{window.from_sql(self.source, self.time, 'plain')}{where}", f"placed{number}"

    def windows(self, random, kind, condition, having, moves):
        """A view of windows."""
        keys = [key for key in self.keys if random.random() < 0.7] if self.names else random.choice(KEYS)
        values = random.sample(self.values, random.choice([1, 2]))
        source, table = self.placed(random, kind, keys, condition)
        times = ["window_end", "window_time", *([] if kind == "SESSION" else ["window_start"])]
        time = random.choice(times)
        names = [*(f"k{i}" for i in range(len(keys))), *(f"x{i}" for i in range(len(values)))]
        group_by = ", ".join(["window_start", "window_end"])
        groups = f" HAVING {having}" if having else ""

        def select(time, keys):
            columns = [f"{sql} AS {name}" for sql, name in zip([*keys, *values], names)]
            return f"SELECT {', '.join([f'{time} AS moment', *columns])}"

        grouped = "".join(f", {key}" for key in keys)
        ringql = f"{select(time, keys)} FROM {source} GROUP BY {group_by}{grouped}{groups}"
        inner = [f"key{i}" for i in range(len(keys))]
        grouped = "".join(f", {key}" for key in inner)
        time = {"window_time": "window_end - INTERVAL 1 MICROSECOND"}.get(time, time)
        name = f"level{len(self.ctes)}"
        self.ctes.append(f"{name} AS ({select(time, inner)} FROM {table} GROUP BY {group_by}{grouped}{groups})")
        self.view(ringql, moves)
        self.table, self.time = name, "moment"
        self.names, self.keys = names, names[: len(keys)]
        self.values = sorted({value.format(x) for value in OVER for x in names[len(keys) :]})


def view(random, stream, _kind):
    levels = Levels(stream)
    if random.random() < 0.2:
        levels.rows(random.choice(["i > 0", "flag", "k IS NOT NULL"]))
    for depth in range(random.choice([1, 1, 1, 2])):
        kind = random.choice([*SLIDING, "SESSION"] if depth == 0 else SLIDING)
        condition = random.choice([None, None, *CONDITIONS]) if depth == 0 and levels.table == "src" else None
        having = random.choice(HAVING) if depth == 0 and random.random() < 0.2 else None
        if having and levels.table == "rows":
            having = "COUNT(*) > 2"
        levels.windows(random, kind, condition, having, random.random() < 0.2)
    kind = random.choice([*SLIDING, "no window"])
    if kind == "no window" and levels.source.startswith("("):
        kind = "TUMBLE"
    keys = [key for key in levels.keys if random.random() < 0.6]
    source, table = levels.placed(random, kind, keys, None)
    value = random.choice(levels.names[len(levels.keys) :])
    chosen = random.sample(levels.values, min(len(levels.values), random.choice([1, 2, 3])))
    duckdb = list(chosen)
    # Without a window FIRST is the row that leaves the view first, and those of one window leave in no order.
    if random.random() < 0.4 and kind != "no window":
        chosen.append(f"FIRST({value})")
        duckdb.append(f"first({value} ORDER BY t, {value} NULLS LAST)")
        levels.features.add("FIRST")
    bounds = [] if kind == "no window" else ["window_start", "window_end"]

    def select(keys, values):
        columns = ", ".join(f"{sql} AS c{i}" for i, sql in enumerate([*bounds, *keys, *values]))
        by = ", ".join([*bounds, *keys])
        return f"SELECT {columns} FROM", f" GROUP BY {by}" if by else ""

    (head, group_by), inner = select(keys, chosen), [f"key{i}" for i in range(len(keys))]
    settings = f" SETTINGS max_groups = {len(stream.rows) + 1}"
    sql = f"{''.join(levels.statements)}{head} {source}{group_by}{settings}"
    head, group_by = select(inner, duckdb)
    sql_of_duckdb = f"WITH {', '.join(levels.ctes)} {head} {table}{group_by}"
    tolerances = [EXACT] * (len(bounds) + len(keys) + len(chosen))
    return Case("view", sql, sql_of_duckdb, "rows", "p", tolerances, levels.features)
