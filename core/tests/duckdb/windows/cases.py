"""Random cases of all sorts."""

from windows import queries, views


def case(random, stream):
    """A random case over a stream."""
    weighted = [(3, "TUMBLE"), (4, "HOP"), (2, "CUMULATE"), (2, "COUNT_WINDOW"), (3, "no window"), (2, "DISTINCT")]
    if not stream.has_late:
        weighted += [(4, "SESSION"), (2, "STATE_WINDOW"), (4, "view")]
    if stream.in_order:
        weighted += [(1, "PROCTIME")]
    weights, names = zip(*weighted)
    kind = random.choices(names, weights)[0]
    makers = {"view": views.view, "DISTINCT": queries.distinct}
    made = makers.get(kind, queries.grouped)(random, stream, kind)
    made.stream = stream
    made.features.add(kind)
    if stream.has_late:
        made.features.add("late rows")
        made.flags = made.flags.replace("p", "")
    return made
