"""Aggregates: how RingQL writes them, and what DuckDB calls them.

Where an aggregate goes by time, rows of one time have the order of their values, so that results
don't depend on the order of arrival: FIRST takes the smallest, LAST the largest.
"""

import dataclasses

EXACT = "="
# A quotient of exact sums; floats added in another order; moments, which lose digits.
ROUNDED, ADDED, MOMENT, RATIO = "1e-15", "1e-12", "1e-11", "1e-8"


@dataclasses.dataclass
class Aggregate:
    sql: str
    duckdb: str
    name: str
    tolerance: str = EXACT
    features: set = dataclasses.field(default_factory=set)
    # Columns that DuckDB computes of the rows of each group before: (name, expression).
    derived: list = dataclasses.field(default_factory=list)
    by_arrival: bool = False
    # How many values, or bytes of text, a group must hold: a setting and its value.
    holds: str = ""


FLOATS = ["r", "d", "f"]
NUMBERS = ["i", "b", "r", "d", "m"]
ANY = ["k", "n", "name", "flag", "i", "b", "r", "d", "f", "m", "id"]


def simple(name, column, tolerance=EXACT, duckdb=None):
    return Aggregate(f"{name}({column})", f"{duckdb or name}({column})", name, tolerance)


def count_all(_random, _group):
    return Aggregate("COUNT(*)", "count(*)", "COUNT")


def count(random, _group):
    return simple("COUNT", random.choice(ANY))


def total(random, _group):
    name = random.choice(["SUM", "AVG"])
    column = random.choice([*NUMBERS, "f"])
    tolerance = ADDED if column == "f" else ROUNDED if name == "AVG" and column == "m" else EXACT
    return simple(name, column, tolerance)


def extreme(random, _group):
    return simple(random.choice(["MIN", "MAX"]), random.choice([*ANY, "ts"]))


def distinct(random, _group):
    name = random.choice(["COUNT", "COUNT", "SUM", "AVG", "MIN", "MAX"])
    column = random.choice(["k", "name", "i", "flag", "r"] if name in ("COUNT", "MIN") else ["k", "i", "r", "d"])
    argument = f"(DISTINCT {column})"
    return Aggregate(f"{name}{argument}", f"{name}{argument}", name, features={"DISTINCT in an aggregate"}, holds="max_distinct")


def logical(random, _group):
    name = random.choice(["BOOL_AND", "BOOL_OR", "COUNT_IF"])
    return simple(name, random.choice(["flag", "up", "i > 0"]))


def bits(random, _group):
    return simple(random.choice(["BIT_AND", "BIT_OR", "BIT_XOR"]), random.choice(["i", "n", "k", "b"]))


def edge(random, group):
    column = random.choice([*ANY, "ts"])
    if random.random() < 0.5:
        return Aggregate(f"FIRST({column})", f"first({column} ORDER BY {group.time}, {column} NULLS LAST)", "FIRST")
    return Aggregate(f"LAST({column})", f"last({column} ORDER BY {group.time}, {column} NULLS FIRST)", "LAST")


def by_other(random, _group):
    name = random.choice(["ARG_MIN", "ARG_MAX", "MIN_BY", "MAX_BY"])
    arguments = f"{random.choice(ANY)}, {random.choice(['id', '-id'])}"
    return Aggregate(f"{name}({arguments})", f"{name}({arguments})", name)


def spread(random, _group):
    name = random.choice(["STDDEV", "STDDEV_SAMP", "STDDEV_POP", "VARIANCE", "VAR_SAMP", "VAR_POP"])
    return simple(name, random.choice(["i", *FLOATS]), MOMENT)


def shape(random, _group):
    return simple(random.choice(["SKEWNESS", "KURTOSIS"]), random.choice(["i", *FLOATS]), RATIO)


def pair(random, _group):
    name = random.choice(["COVAR_POP", "COVAR_SAMP", "CORR", "REGR_SLOPE", "REGR_INTERCEPT", "REGR_R2"])
    arguments = ", ".join(random.sample(["i", *FLOATS], 2))
    tolerance = MOMENT if name.startswith("COVAR") else RATIO
    return Aggregate(f"{name}({arguments})", f"{name}({arguments})", name, tolerance)


def quantile(random, _group):
    name = random.choice(["MEDIAN", "QUANTILE_CONT", "QUANTILE_DISC"])
    column = random.choice(["i", *FLOATS])
    argument = column if name == "MEDIAN" else f"{column}, {random.choice(['0.25', '0.5', '0.9', '0.0', '1.0'])}"
    tolerance = EXACT if name == "QUANTILE_DISC" else "1e-6" if column == "r" else ADDED
    return Aggregate(f"{name}({argument})", f"{name}({argument})", name, tolerance, holds="max_values")


def joined(_random, _group):
    return Aggregate("STRING_AGG(name, ',')", "string_agg(name, ',' ORDER BY arrival)", "STRING_AGG", by_arrival=True, holds="max_text")


def histogram(_random, _group):
    buckets = [f"count(*) FILTER (WHERE d < {edge} AND d >= {edge - 5})" for edge in (-5, 0, 5, 10)]
    counts = ["count(*) FILTER (WHERE d < -10)", *buckets, "count(*) FILTER (WHERE d >= 10)"]
    duckdb = "CASE WHEN count(d) > 0 THEN '[' || " + " || ',' || ".join(counts) + " || ']' END"
    return Aggregate("HISTOGRAM(d, -10, 10, 4)", duckdb, "HISTOGRAM")


def weighted(random, group):
    """Each value counts from its time to that of the next; without time between them the last is the result."""
    column, name = random.choice(["d", "r", "i"]), group.fresh()
    over = group.over(f"{column} IS NULL", f"t, {column}")
    duckdb = f"""CASE WHEN sum({name}) FILTER (WHERE {column} IS NOT NULL) > 0
        THEN sum({column}::DOUBLE * {name}) / sum({name}) FILTER (WHERE {column} IS NOT NULL)
        ELSE (last({column} ORDER BY t, {column}) FILTER (WHERE {column} IS NOT NULL))::DOUBLE END"""
    derived = [(name, f"lead(t) {over} - t")]
    return Aggregate(f"TWA({column})", duckdb, "TWA", ADDED, derived=derived, holds="max_values")


def counter(random, group):
    """What a counter that may start again from 0 grew by, of two samples or more."""
    name, fresh = random.choice(["INCREASE", "RATE", "DELTA"]), group.fresh()
    over = group.over("", "t, meter")
    derived = [(fresh, f"CASE WHEN meter < lag(meter) {over} THEN meter ELSE meter - lag(meter) {over} END")]
    grown, seconds = f"sum({fresh})::DOUBLE", "((max(t) - min(t)) / 1000000)"
    delta = "CASE WHEN count(*) > 1 THEN (last(meter ORDER BY t, meter) - first(meter ORDER BY t, meter))::DOUBLE END"
    duckdb = {"INCREASE": grown, "RATE": f"CASE WHEN max(t) > min(t) THEN {grown} / {seconds} END", "DELTA": delta}[name]
    return Aggregate(f"{name}(meter)", duckdb, name, ADDED, derived=derived, holds="max_values")


def smoothed(_random, group):
    """s = alpha x + (1 - alpha) s, from the first value on."""
    place, count = group.fresh(), group.fresh()
    derived = [
        (place, f"row_number() {group.over('f IS NULL', 'arrival')}"),
        (count, f"count(*) {group.over('f IS NULL', '')}"),
    ]
    weight = f"power(0.75, {count} - {place}) * CASE WHEN {place} = 1 THEN 1 ELSE 0.25 END"
    return Aggregate("EWMA(f, 0.25)", f"sum(f * {weight})", "EWMA", ADDED, derived=derived, by_arrival=True)


MAKERS = [
    (6, count_all), (3, count), (6, total), (5, extreme), (2, distinct), (2, logical), (2, bits), (4, edge),
    (3, by_other), (2, spread), (1, shape), (2, pair), (2, quantile), (1, joined), (1, histogram), (2, weighted),
    (2, counter), (1, smoothed),
]  # fmt: skip
# Those that know no FILTER here: DuckDB computes them of the rows before.
UNFILTERED = {"TWA", "INCREASE", "RATE", "DELTA", "EWMA", "HISTOGRAM"}
FILTERS = ["flag", "i > 0", "k = 1 OR name IS NULL", "d < 0"]


def of(random, group):
    weights, makers = zip(*MAKERS)
    aggregate = random.choices(makers, weights)[0](random, group)
    aggregate.features.add(aggregate.name)
    if random.random() < 0.15 and aggregate.name not in UNFILTERED:
        condition = f" FILTER (WHERE {random.choice(FILTERS)})"
        aggregate.sql += condition
        aggregate.duckdb += condition
        aggregate.features.add("FILTER")
    return aggregate
