"""Conditions: CASE, IF, COALESCE, NULLIF, IFNULL, GREATEST, LEAST, and the tests that choose."""

import itertools

N = None
COLUMNS = {
    "b": ("BOOLEAN", [
        N, True, False, True, False, True, N, False, True, True, False, True, True, False, True, False,
    ]),
    "c": ("BOOLEAN", [
        True, N, False, True, True, False, N, N, True, False, True, False, True, False, N, True,
    ]),
    "i1": ("TINYINT", [N, 0, -1, 127, -128, 1, 2, 3, N, 5, 6, 7, 8, 9, 10, 100]),
    "i2": ("SMALLINT", [N, 0, -1, 32767, -32768, 1, 3, 2, 4, N, 6, 70, 8, -9, 10, 100]),
    "i4": ("INTEGER", [N, 0, -1, 2147483647, -2147483648, 1, 2, N, 4, 5, 60, 7, -8, 9, 10, 100]),
    "j4": ("INTEGER", [1, N, -1, 0, 2147483647, 2, 1, 3, N, 5, 6, 7, 8, -2147483648, 11, 99]),
    "i8": ("BIGINT", [
        N, 0, -1, 9223372036854775807, -9223372036854775808, 1, 2, 3, 4, 5, N, 7, 8, 9, 10, 100,
    ]),
    "u1": ("UTINYINT", [N, 0, 1, 255, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]),
    "u4": ("UINTEGER", [N, 0, 1, 4294967295, 2147483648, 2, 1, 3, 4, 5, 6, 7, 8, 9, N, 100]),
    "r": ("REAL", [
        N, 0, -1, "3.4028235e38", "nan", "inf", "-inf", "-0.0", "0.1", 1.5, 2.5, N, "nan", 7, "1e-45", 100,
    ]),
    "d": ("DOUBLE", [
        N, 0, -1, "1.7976931348623157e308", "inf", "nan", "-0.0", "-inf", "0.1", 1.5, N, 2.5, "nan", 7,
        "5e-324", 100,
    ]),
    "e": ("DOUBLE", [1, "-0.0", N, "inf", "nan", "nan", 0, "-inf", "0.2", 1.5, 3, -2.5, N, 7, 0, 100]),
    "s": ("VARCHAR(16)", [
        N, "", "a", "b", "äöü", "日本", "🦆", "NULL", "abc", "1", "true", "Z", "a ", "2020-02-29", "aa", "1.5",
    ]),
    "t": ("VARCHAR(16)", [
        "", N, "b", "a", "äö", "日本", "🦀", "NULL", "ab", "01", "TRUE", "z", "a", "2020-02-29", "aaa", "x",
    ]),
    "dt": ("DATE", [
        N, "1970-01-01", "0001-01-01", "9999-12-31", "2020-02-29", "2019-02-28", N,
    ] + ["2021-01-01"] * 9),
    "ts": ("TIMESTAMP", [
        N, "1970-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "2020-02-29 12:00:00",
        N,
    ] + ["2021-01-01 00:00:00"] * 10),
    "tm": ("TIME", [N, "00:00:00", "23:59:59.999999", "12:00:00"] + ["01:02:03"] * 12),
    "iv": ("INTERVAL", [N, "0 days", "1 month", "30 days", "720 hours", "-1 day"] + ["1 day"] * 10),
    "iw": ("INTERVAL", ["1 day", N, "30 days", "1 month", "1 month", "-24 hours"] + ["24 hours"] * 10),
    "dec9": ("DECIMAL(9,3)", [N, 0, -1, "999999.999", "-999999.999", "0.5"] + ["1.234"] * 10),
    "dec18": ("DECIMAL(18,6)", [
        1, N, -1, "999999999999.999999", "-999999999999.999999", "0.500000",
    ] + ["1.234001"] * 10),
    "uu": ("UUID", [
        N, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "80000000-0000-0000-0000-000000000000",
    ] + ["12345678-9abc-def0-1234-56789abcdef0"] * 12),
    "uv": ("UUID", [
        "00000000-0000-0000-0000-000000000000", N, "7fffffff-ffff-ffff-ffff-ffffffffffff",
        "7fffffff-ffff-ffff-ffff-ffffffffffff",
    ] + ["12345678-9abc-def0-1234-56789abcdef0"] * 12),
    "bl": ("VARBINARY(16)", [N, "", "\\x00", "\\xFF\\x00", "abc", "\\x80"] + ["ab"] * 10),
    "bm": ("VARBINARY(16)", ["", N, "\\x00\\x00", "\\xFF", "abd", "\\x7F"] + ["ab"] * 10),
}
PAIRS = [
    ("i1", "i2"), ("i4", "j4"), ("i4", "i8"), ("u1", "u4"), ("u1", "i1"), ("i4", "d"), ("r", "d"), ("d", "e"),
    ("s", "t"), ("b", "c"), ("dt", "ts"), ("dt", "dt"), ("ts", "ts"), ("tm", "tm"), ("iv", "iw"),
    ("dec9", "dec18"), ("dec9", "i4"), ("dec9", "d"), ("uu", "uv"), ("bl", "bm"),
]
FUNCTIONS = ["coalesce", "ifnull", "nullif", "greatest", "least"]


def exact():
    for (x, y), f in itertools.product(PAIRS, FUNCTIONS):
        yield f"{f}({x}, {y})"
    for x, y in PAIRS:
        yield from (
            f"if(b, {x}, {y})", f"CASE WHEN b THEN {x} ELSE {y} END", f"CASE WHEN b THEN {x} END",
            f"CASE WHEN b THEN {x} WHEN c THEN {y} END", f"CASE {x} WHEN {y} THEN 1 ELSE 2 END",
            f"{x} IS DISTINCT FROM {y}", f"{x} IS NOT DISTINCT FROM {y}", f"{x} = {y}", f"{x} < {y}",
            f"{x} >= {y}", f"{x} <> {y}", f"{x} IN ({y}, {x})", f"{x} BETWEEN {y} AND {x}",
        )
    for x in ("i4", "d", "s", "b", "dt", "ts", "iv", "dec9", "uu", "bl", "tm", "u1", "r"):
        yield from (
            f"greatest({x}, NULL)", f"least(NULL, {x})", f"greatest({x})", f"least({x})",
            f"coalesce(NULL, {x})", f"coalesce({x}, NULL)", f"ifnull({x}, NULL)", f"nullif({x}, NULL)",
            f"nullif(NULL, {x})", f"nullif({x}, {x})", f"if(b, {x}, NULL)", f"if(NULL, {x}, {x})",
            f"if(TRUE, {x}, {x})", f"coalesce({x}, {x}, {x})", f"{x} IS NULL", f"{x} IS NOT NULL",
            f"{x} IN (NULL)", f"{x} NOT IN ({x}, NULL)",
        )
    yield from (
        "greatest(i4, j4, 5)", "least(i4, j4, 5)", "greatest(i4, 2.5)", "least(d, 1)", "greatest(d, e, r)",
        "least(d, e, r)", "greatest(s, t, 'm')", "least(s, '')", "greatest(i1, 300)", "least(u1, -1)",
        "greatest(i4, NULL, j4)", "greatest(1, 2, 3)", "least('b', 'a')", "greatest(i4, '7')",
        "greatest(s, i4)", "greatest(b, i4)", "greatest(dt, '2020-06-01')", "least(ts, DATE '2020-06-01')",
        "greatest(iv, INTERVAL '29' DAY)", "greatest(dec9, 1.5)", "least(dec9, dec18, i4)",
        "greatest(tm, ts)", "greatest(uu, s)", "greatest(TRUE, FALSE)", "greatest(NULL, 1)", "least(NULL)",
        "greatest(r, 1.1)",
    )
    yield from (
        "if(i4 > 0, 'pos', 'neg')", "if(i4, 1, 2)", "if(s, 1, 2)", "if(d, 1, 2)", "if(b, 1, 2.5)",
        "if(b, 1, 'x')", "if(b, i1, 300)", "if(b, NULL, NULL)", "if(b AND c, 1, 0)", "if(b, i4, s)",
        "if(b, dt, '2020-01-01')", "if(dt, 1, 2)", "if(b, 1)", "if(b)", "if(b, u1, i1)", "if(b, iv, iw)",
        "if(i4 > 0, 10 // i4, -1)", "if(i4 <> 0, 10 % i4, 0)", "if(i1 < 100, i1 + i1, i1)",
        "if(FALSE, CAST('x' AS INTEGER), 1)", "if(b, CAST(s AS INTEGER), 0)",
        "if(s = '1', CAST(s AS INTEGER), 0)",
    )
    yield from (
        "CASE i4 WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END", "CASE i4 WHEN NULL THEN 1 ELSE 2 END",
        "CASE s WHEN 'a' THEN 1 WHEN '日本' THEN 2 END",
        "CASE d WHEN e THEN 1 WHEN 'nan'::DOUBLE THEN 2 ELSE 3 END",
        "CASE dt WHEN '2020-02-29' THEN 'leap' ELSE 'other' END",
        "CASE b WHEN TRUE THEN 1 WHEN FALSE THEN 0 END", "CASE WHEN i4 THEN 1 ELSE 0 END",
        "CASE WHEN s THEN 1 END", "CASE WHEN b THEN 1.5 ELSE i4 END", "CASE WHEN b THEN dec9 ELSE 1 END",
        "CASE WHEN b THEN dec9 ELSE 1.23456 END", "CASE WHEN b THEN 1 WHEN c THEN 2.5 ELSE 3 END",
        "CASE WHEN b THEN 'a' ELSE 'longer' END", "CASE WHEN b THEN dt ELSE NULL END",
        "CASE WHEN b THEN s ELSE i4 END", "CASE WHEN b THEN dt ELSE i4 END",
        "CASE WHEN i4 = 0 THEN 0 ELSE 10 // i4 END", "CASE WHEN i4 > j4 THEN i4 ELSE j4 END",
        "CASE i4 WHEN j4 THEN 'same' END", "CASE WHEN b THEN CASE WHEN c THEN 1 ELSE 2 END ELSE 3 END",
        "CASE i4 WHEN 1.0 THEN 'one' END", "CASE i4 WHEN '1' THEN 'one' END",
        "CASE u1 WHEN -1 THEN 1 ELSE 0 END", "CASE WHEN b THEN uu ELSE s END",
    )
    yield from (
        "coalesce(i4, j4, 0)", "coalesce(i1, 300)", "coalesce(i4, 1.5)", "coalesce(s, 'none')",
        "coalesce(s, t, '')", "coalesce(i4, s)", "coalesce(dt, ts, '2020-01-01')", "coalesce(b, FALSE)",
        "coalesce(d, i8)", "coalesce(dec9, i4)", "coalesce(dec9, dec18, 1)", "coalesce(i4 // 0, 7)",
        "coalesce(TRY_CAST(s AS INTEGER), -1)", "coalesce(i4, CAST(s AS INTEGER))", "coalesce()",
        "ifnull(i4)", "ifnull(i4, 1, 2)", "ifnull(NULL, NULL)", "nullif(i4)", "nullif(i4, 0)",
        "nullif(i4, 1.0)", "nullif(s, '')", "nullif(d, 0)", "nullif(d, 'nan')", "nullif(s, 1)",
        "nullif(dt, '2020-02-29')", "nullif(i1, 300)", "nullif(dec9, 1)", "nullif(u1, i1)", "coalesce(NULL)",
        "coalesce(i8, u4)", "coalesce(tm, ts)", "ifnull(dt, ts)", "10 // nullif(i4, 0)",
    )
    yield from (
        "b AND c", "b OR c", "NOT b", "b = c", "b <> c", "b < c", "b AND NULL", "b OR NULL", "NULL AND NULL",
        "NOT NULL", "b IS TRUE", "b IS NOT TRUE", "b IS FALSE", "b IS NOT FALSE", "b IS UNKNOWN",
        "b IS NOT UNKNOWN", "xor(b, c)", "b AND i4 > 0", "b OR i4 // 0 > 0", "i4 = 0 OR 10 // i4 > 1",
        "i4 <> 0 AND 10 // i4 > 1", "d = d", "d <> d", "d = 'nan'", "d > 'inf'", "d < e OR d >= e", "r = d",
        "-d = e", "d BETWEEN e AND 'nan'", "d IN (e, 7)", "d IN ('nan'::DOUBLE)", "s < t", "s IN ('a', NULL)",
        "uu < uv", "bl < bm", "iv < iw", "i4 BETWEEN SYMMETRIC j4 AND 0",
    )


def approximate():
    return ()
