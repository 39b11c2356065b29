"""Bytes: VARBINARY, UUID, hexadecimal, base64 and bits."""

N = None
COLUMNS = {
    "bl": ("VARBINARY(24)", [
        N, "", "\\x00", "\\xFF", "abc", "\\x00\\x01\\x02\\xFE\\xFF", "\\xC3\\xA4", "\\xC3",
        "\\xE6\\x97\\xA5\\xE6\\x9C\\xAC", "a\\x00b", "\\xF0\\x9F\\xA6\\x86", "\\x5C\\x27\\x22", "ABCDEF",
        "\\xED\\xA0\\x80", "12", "\\x7F\\x80",
    ]),
    "bm": ("VARBINARY(16)", [
        "a", N, "", "\\x00", "abd", "\\x00\\x01", "\\xC3\\xA5", "\\xC3\\x00", "\\xE6", "a",
        "\\xF0\\x9F\\xA6\\x86", "'", "AB", "\\x80", "21", "\\x80\\x7F",
    ]),
    "s": ("VARCHAR(24)", [
        N, "", "abc", "61", "C3A4", "c3a4", "xyz", "0", "123", "äöü", "YWJj", "YWI=", "YQ==", "YQ",
        "\\xAA\\x01", "FFFFFFFFFFFFFFFF",
    ]),
    "t": ("VARCHAR(16)", [
        "a", "日本", "\\", "\\x", "\\xZZ", "\\x4", "a\\x00b", "0x41", "g0", " 61", "====", "A===", "AA=A",
        "/+8=", "_-8=", "日",
    ]),
    "i1": ("TINYINT", [N, 0, -1, 127, -128, 1, 2, 85, -86, 5, 6, 7, 8, 9, 10, 100]),
    "i2": ("SMALLINT", [N, 0, -1, 32767, -32768, 1, 2, 21845, -21846, 5, 6, 7, 8, 9, 10, 100]),
    "i4": ("INTEGER", [N, 0, -1, 2147483647, -2147483648, 1, 2, 1431655765, 255, 5, 6, 7, 8, 9, 10, 100]),
    "i8": ("BIGINT", [
        N, 0, -1, 9223372036854775807, -9223372036854775808, 1, 2, 6148914691236517205, 255, 5, 6, 7, 8, 9,
        10, 100,
    ]),
    "u1": ("UTINYINT", [N, 0, 1, 255, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]),
    "u2": ("USMALLINT", [N, 0, 1, 65535, 32768, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]),
    "u4": ("UINTEGER", [N, 0, 1, 4294967295, 2147483648, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]),
    "u8": ("UBIGINT", [
        N, 0, 1, 18446744073709551615, 9223372036854775808, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100,
    ]),
    "uu": ("UUID", [
        N, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "80000000-0000-0000-0000-000000000000", "7fffffff-ffff-ffff-ffff-ffffffffffff",
    ] + ["12345678-9abc-def0-1234-56789abcdef0"] * 11),
    "d": ("DOUBLE", [N] + [1.5] * 15),
}


def exact():
    for x in ("bl", "bm", "s", "t"):
        for f in (
            "hex", "to_hex", "unhex", "from_hex", "encode", "decode", "base64", "to_base64", "from_base64",
            "octet_length", "bit_length", "length", "bit_count", "reverse", "upper", "md5",
        ):
            if f != "md5":
                yield f"{f}({x})"
        yield from (
            f"CAST({x} AS BLOB)", f"CAST({x} AS BYTEA)", f"CAST({x} AS VARCHAR)", f"TRY_CAST({x} AS BLOB)",
            f"{x}::BLOB::VARCHAR", f"hex({x}::BLOB)", f"{x} || {x}",
        )
    for x in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        yield from (f"bit_count({x})", f"hex({x})", f"to_hex({x})", f"bit_count(~{x})")
    yield from (
        "hex(uu)", "bit_count(d)", "bit_count(uu)", "octet_length(i4)", "encode(i4)", "decode(i4)",
        "base64(i4)", "hex(NULL)", "unhex(NULL)", "encode(NULL)", "decode(NULL)", "base64(NULL)",
        "from_base64(NULL)", "bit_count(NULL)", "octet_length(NULL)",
    )
    yield from (
        "bl || bm", "bm || bl", "bl || NULL", "bl || s", "s || bl", "bl || ''::BLOB", "'a'::BLOB || bl",
        "concat(bl, bm)", "concat(bl, s)", "concat_ws(bl, bm)", "bl || bm || bl",
    )
    for op in ("=", "<>", "<", "<=", ">", ">="):
        yield from (
            f"bl {op} bm", f"bl {op} 'abc'", f"bl {op} 'abc'::BLOB",
            f"uu {op} '12345678-9abc-def0-1234-56789abcdef0'", f"uu {op} uu",
        )
    yield from (
        "bl = s", "uu = s", "bl BETWEEN ''::BLOB AND 'abc'::BLOB", "bl IN ('abc'::BLOB, ''::BLOB)",
        "greatest(bl, bm)", "least(bl, bm)", "coalesce(bl, bm)", "nullif(bl, 'abc')",
        "CASE WHEN octet_length(bl) > 1 THEN bl ELSE bm END", "bl IS NULL", "coalesce(bl, 'x')",
    )
    yield from (
        "left(bl, 1)", "substring(bl, 1, 2)", "substring(bl, 2)", "strpos(bl, bm)", "contains(bl, bm)",
        "starts_with(bl, bm)", "replace(bl, bm, bm)", "repeat(bl, 2)", "repeat(bl, 0)", "trim(bl)",
        "ascii(bl)", "lower(bl)", "bl LIKE 'a%'", "repeat('\\x00'::BLOB, 3)",
    )
    for text in (
        "", "61", "616263", "6", "abc", "ABC", "zz", "0x61", "C3A4", "DEADBEEF", "deadbeef", "6 1", "🦆",
    ):
        yield from (f"unhex('{text}')", f"from_hex('{text}')")
    for text in (
        "", "YQ==", "YWI=", "YWJj", "YQ", "YQ=", "Y", "YWJj\\", "Y W", "!!!!", "YQ==YQ==", "AAAA", "////",
        "++++", "__--",
    ):
        yield f"from_base64('{text}')"
    for text in (
        "", "abc", "\\x41", "\\x4", "\\xzz", "\\", "\\\\", "a\\x00b", "ä", "\\xAA\\xBB", "\\XAA", "\\x41Z",
    ):
        yield from (f"'{text}'::BLOB", f"BLOB '{text}'", f"TRY_CAST('{text}' AS BLOB)")
    yield from (
        "x'4142'", "X'ff00'", "x''", "x'4'", "x'zz'", "x'C3A4'", "decode(x'616263')", "decode(x'ff')",
        "decode(x'C3A4')", "encode('äöü')", "base64(encode('äöü'))", "to_base64(x'00ff')", "base64(x'')",
        "from_base64(base64(bl))", "unhex(hex(bl))", "decode(encode(s))", "hex(encode(t))", "bit_count(255)",
        "bit_count(-1)", "bit_count(0)", "bit_count(255::TINYINT)", "bit_count((-1)::BIGINT)",
        "bit_count(i4 & 255)",
    )
    for text in (
        "12345678-9abc-def0-1234-56789abcdef0", "12345678-9ABC-DEF0-1234-56789ABCDEF0",
        "{12345678-9abc-def0-1234-56789abcdef0}", "123456789abcdef0123456789abcdef0",
        "12345678-9abc-def0-1234-56789abcdef", "", "x", "12345678-9abc-def0-1234-56789abcdeg0",
        "1234-5678-9abc-def0-1234-5678-9abc-def0", " 12345678-9abc-def0-1234-56789abcdef0",
        "12345678-9abc-def0-1234-56789abcdef0 ", "{123456789abcdef0123456789abcdef0",
        "12345678--9abc-def0-1234-56789abcdef0", "00000000-0000-0000-0000-000000000000",
    ):
        yield from (f"'{text}'::UUID", f"TRY_CAST('{text}' AS UUID)", f"UUID '{text}'")
    yield from (
        "uu::VARCHAR", "uu::BLOB", "TRY_CAST(s AS UUID)", "CAST(bl AS UUID)", "upper(uu::VARCHAR)",
        "length(uu::VARCHAR)", "uu IN ('12345678-9abc-def0-1234-56789abcdef0')",
        "greatest(uu, '80000000-0000-0000-0000-000000000000')", "least(uu, uu)", "uu || 'x'", "uu IS NULL",
        "coalesce(uu, '00000000-0000-0000-0000-000000000000')", "uu < '90000000-0000-0000-0000-000000000000'",
        "uu + 1", "concat(uu)",
    )


def approximate():
    return ()
