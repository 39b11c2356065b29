"""Random queries, in RingQL's SQL and in DuckDB's."""

import dataclasses

from windows import aggregates, kinds
from windows.aggregates import EXACT
from windows.streams import COLUMNS, interval

CONDITIONS = ["i > 0", "flag", "NOT down", "name <> 'a'", "r <= 3.5 OR k = 1", "d > 20", "k IS NOT NULL"]
HAVING = ["COUNT(*) > 2", "SUM(i) > 0", "MAX(d) >= 10 OR COUNT(*) = 1", "MIN(name) IS NOT NULL"]
KEYS = [[], [], ["k"], ["k"], ["n"], ["name"], ["k", "name"], ["flag", "n"], ["n % 3"]]
SLIDING = ["TUMBLE", "HOP", "CUMULATE"]


@dataclasses.dataclass
class Case:
    kind: str
    sql: str
    duckdb: str
    results: str
    flags: str
    tolerances: list
    features: set
    stream: object = None

    def rows(self, con):
        """What DuckDB gives, as texts."""
        columns = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(len(self.tolerances)))
        rows = con.execute(f"SELECT {columns} FROM ({self.duckdb})").fetchall()
        rows = [[{"-nan": "nan"}.get(v, v) for v in row] for row in rows]
        return rows if self.results.startswith("ordered") else sorted(rows, key=lambda r: [v or "" for v in r])


class Group:
    """What aggregates must know of the groups that they are of."""

    def __init__(self, partition, time):
        self.partition = partition
        self.time = time
        self.names = 0

    def fresh(self):
        self.names += 1
        return f"w_{self.names}"

    def over(self, extra, order):
        by = [*self.partition, *([extra] if extra else [])]
        partition = f"PARTITION BY {', '.join(by)} " if by else ""
        return f"OVER ({partition}{f'ORDER BY {order}' if order else ''})"


def keys_of(stream, keys):
    """At most so many keys come in a stream."""
    names = [column.split()[0] for column in keys]
    places = [at for at, (column, *_) in enumerate(COLUMNS) if column in names]
    return max(1, len({tuple(row[at] for at in places) for row in stream.rows}))


def base(stream, keys, condition):
    """The first CTEs: the rows with their time, watermark and keys."""
    named = "".join(f", {key} AS key{i}" for i, key in enumerate(keys))
    where = f" WHERE {condition}" if condition else ""
    return [
        f"src AS (SELECT *, epoch_us(ts) AS t, max(epoch_us(ts)) OVER (ORDER BY arrival) - {stream.delay} AS mark FROM s)",
        f"keyed AS (SELECT *{named} FROM src{where})",
    ]


def clauses(random, features, windowed, exact, keys, count):
    """ORDER BY and LIMIT: RingQL's clauses, and DuckDB's query around `grouped`."""
    order = []
    for column in random.sample(exact, min(len(exact), random.choice([0, 1, 2]))):
        words = [f"c{column}", random.choice(["", "ASC", "DESC"])]
        words += random.choice([[], [], ["NULLS FIRST"], ["NULLS LAST"]])
        order.append(" ".join(word for word in words if word))
    # Keys come once in a window: no two rows are equal then.
    order += [f"c{column}" for column in keys] or ["c0"]
    features.add("ORDER BY")
    text = f" ORDER BY {', '.join(order)}"
    limit, offset = "", 0
    if random.random() < 0.7:
        features.add("LIMIT")
        most = random.choice([1, 2, 3, 10])
        limit = f" LIMIT {most}"
        if random.random() < 0.3:
            features.add("OFFSET")
            offset = random.choice([1, 2])
            limit += f" OFFSET {offset}"
        keep = f" WHERE place > {offset} AND place <= {offset + most}"
    else:
        keep = ""
    partition = "PARTITION BY c0, c1 " if windowed else ""
    columns = ", ".join(f"c{i}" for i in range(count))
    first = "c0, c1, " if windowed else ""
    return text + limit, (
        f"SELECT {columns} FROM (SELECT *, row_number() OVER ({partition}{text.strip()}) AS place FROM grouped)"
        f"{keep} ORDER BY {first}place"
    )


def grouped(random, stream, kind):
    keys = random.choice(KEYS)
    condition = random.choice([None, None, *CONDITIONS])
    features = set()
    window = None
    if kind != "no window":
        names = [f"key{i}" for i in range(len(keys))]
        window = kinds.of("TUMBLE" if kind == "PROCTIME" else kind, random, stream.unit, names)
        features |= window.features
        if kind == "SESSION":
            window.partition = keys
    if condition:
        features.add("WHERE")
    bounds = ["window_start", "window_end"] if window else []
    number = [window.number] if window and window.number else []
    group = Group([*bounds, *number, *(f"key{i}" for i in range(len(keys)))], "t")
    chosen = [aggregates.of(random, group) for _ in range(random.choice([1, 1, 2, 3, 4]))]
    if window and window.by_panes and not stream.in_order and kind != "COUNT_WINDOW":
        chosen = [a for a in chosen if not a.by_arrival] or [aggregates.count_all(random, group)]
    for aggregate in chosen:
        features |= aggregate.features | {aggregate.name}
    having = random.choice(HAVING) if random.random() < 0.2 else None
    if having:
        features.add("HAVING")

    # When results leave, and what is made of them.
    results, emit, tail, shown = "rows", "", "", None
    # Sessions grow: only retractions say which row is another one's.
    can_change = kind not in ("SESSION", "STATE_WINDOW") and not having
    how = random.random()
    if how < 0.08 and can_change:
        results, emit = f"changes {len(bounds) + len(keys)}", random.choice([" EMIT CHANGES", every(random, stream)])
    elif how < 0.16:
        results = "retractions"
        emit = random.choice([" EMIT CHANGES", every(random, stream)]) + " WITH RETRACTIONS"
    elif how < 0.2:
        emit = " EMIT FINAL"
    if emit:
        words = emit.split()
        features.add(" ".join(words[:2] + words[words.index("WITH") :] if "WITH" in words else words[:2]))

    # The SELECT list: (RingQL, DuckDB, tolerance).
    columns = [(name, name, EXACT) for name in bounds]
    columns += [(key, f"key{i}", EXACT) for i, key in enumerate(keys)]
    fixed = len(columns)
    columns += [(a.sql, a.duckdb, a.tolerance) for a in chosen]
    if window and not window.rows_as_time and random.random() < 0.2:
        features.add("window_time")
        columns.append(("window_time", "(window_end - INTERVAL 1 MICROSECOND)", EXACT))
    ordered = results == "rows" and not emit and can_change and random.random() < 0.2
    is_exact = all(tolerance == EXACT for _, _, tolerance in columns)
    group_by = [*bounds, *keys]
    if results == "rows" and is_exact and not ordered and random.random() < 0.3:
        kept = {at for at in range(fixed) if random.random() < 0.5}
        columns = [c for at, c in enumerate(columns) if at >= fixed or at in kept]
        if kind in ("TUMBLE", "HOP") and random.random() < 0.5:
            # Either of them says which window it is.
            gone = random.choice(bounds)
            if all(gone not in c[0] and "window_time" not in c[0] for c in columns):
                group_by.remove(gone)

    duckdb_columns = ", ".join(f"{d} AS c{i}" for i, (_, d, _) in enumerate(columns))
    ctes = base(stream, keys, condition)
    ctes.append(f"placed AS ({window.placed if window else 'SELECT * FROM keyed'})")
    derived = "".join(f", {expression} AS {name}" for a in chosen for name, expression in a.derived)
    ctes.append(f"led AS (SELECT *{derived} FROM placed)")
    by = f" GROUP BY {', '.join(group.partition)}" if group.partition else ""
    condition_of_groups = f" HAVING {having}" if having else ""
    ctes.append(f"grouped AS (SELECT {duckdb_columns} FROM led{by}{condition_of_groups})")
    if ordered:
        exact = [i for i, (_, _, t) in enumerate(columns) if t == EXACT and i >= fixed]
        key_columns = list(range(len(bounds), fixed))
        tail, shown = clauses(random, features, bool(window), exact, key_columns, len(columns))
        results = f"ordered {len(bounds)}"
    duckdb = f"WITH {', '.join(ctes)} {shown or 'SELECT * FROM grouped'}"

    source, columns_sql, group_by = from_sql(random, kind, window, columns, group_by, features)
    settings = settings_of(stream, kind, keys, chosen)
    sql = (
        f"SELECT {columns_sql} FROM {source}{f' WHERE {condition}' if condition else ''}"
        f"{f' GROUP BY {group_by}' if group_by else ''}{condition_of_groups}{tail}{emit}{settings}"
    )
    tolerances = [tolerance for _, _, tolerance in columns]
    by_arrival = (window and window.by_arrival) or any(a.by_arrival for a in chosen)
    flags = "c" if kind == "PROCTIME" else "-" if by_arrival else "p"
    return Case(kind, sql, duckdb, results, flags, tolerances, features)


def every(random, stream):
    return f" EMIT EVERY {interval(random.choice([1, 3, 20]) * stream.unit)}"


def from_sql(random, kind, window, columns, group_by, features):
    """FROM, the SELECT list and GROUP BY in one of the spellings."""
    select = ", ".join(f"{sql} AS c{i}" for i, (sql, _, _) in enumerate(columns))
    if not window:
        return "s", select, ", ".join(group_by)
    spelling = random.choice(["plain", "plain", "plain", "flink", "group"])
    if kind in ("COUNT_WINDOW", "STATE_WINDOW", "PROCTIME") or window.partition == ["n % 3"]:
        spelling = "plain"
    if spelling == "group":
        features.add("windows in GROUP BY")
        arguments = ", ".join(["ts", *window.arguments])
        named = {"window_start": f"{kind}_START({arguments})", "window_end": f"{kind}_END({arguments})"}
        calls = [(named.get(sql, sql) if random.random() < 0.5 else sql) for sql, _, _ in columns]
        select = ", ".join(f"{sql} AS c{i}" for i, sql in enumerate(calls))
        keys = [key for key in group_by if not key.startswith("window_")]
        return "s", select, ", ".join([f"{kind}({arguments})", *keys])
    if spelling == "flink":
        features.add("TABLE(...)")
    time = "PROCTIME()" if kind == "PROCTIME" else "ts"
    return window.from_sql("s", time, spelling), select, ", ".join(group_by)


def settings_of(stream, kind, keys, chosen):
    settings = {}
    if kind in ("SESSION", "STATE_WINDOW"):
        settings["max_groups"] = len(stream.rows) + 1
    elif keys:
        settings["max_groups"] = keys_of(stream, keys)
    for aggregate in chosen:
        if aggregate.holds:
            size = {"max_text": 8 * len(stream.rows)}.get(aggregate.holds, len(stream.rows))
            settings[aggregate.holds] = max(2, size)
    return f" SETTINGS {', '.join(f'{name} = {value}' for name, value in settings.items())}" if settings else ""


def distinct(random, stream, _kind):
    """SELECT DISTINCT within windows, or over all."""
    names = random.sample(["k", "n", "name", "flag", "i", "r"], random.choice([1, 2]))
    condition = random.choice([None, *CONDITIONS])
    kind = random.choice([*SLIDING, "no window"])
    features = {kind}
    ctes = base(stream, [], condition)
    columns, source = list(names), "s"
    if kind != "no window":
        window = kinds.of(kind, random, stream.unit, [])
        features |= window.features
        source = window.from_sql("s", "ts", "plain")
        ctes.append(f"placed AS ({window.placed})")
        columns = ["window_start", "window_end", *names]
    else:
        ctes.append("placed AS (SELECT * FROM keyed)")
    select = ", ".join(f"{name} AS c{i}" for i, name in enumerate(columns))
    ctes.append(f"grouped AS (SELECT DISTINCT {select} FROM placed)")
    tail, results, shown = "", "rows", None
    if random.random() < 0.3:
        first = len(columns) - len(names)
        keys = list(range(first, len(columns)))
        tail, shown = clauses(random, features, bool(first), [], keys, len(columns))
        results = f"ordered {first}"
    where = f" WHERE {condition}" if condition else ""
    sql = f"SELECT DISTINCT {select} FROM {source}{where}{tail} SETTINGS max_groups = {len(stream.rows) + 1}"
    duckdb = f"WITH {', '.join(ctes)} {shown or 'SELECT * FROM grouped'}"
    return Case("DISTINCT", sql, duckdb, results, "p", [EXACT] * len(columns), features)
