"""Functions of text."""

N = None
COLUMNS = {
    "s": ("VARCHAR(40)", [
        N, "", "a", "abc", "Hello World", "  two  ", "äöü", "日本語", "🦆🦀x", "e\u0301a", "100%", "a_b", "a\\b",
        "NULL", "a|b\tc\nd", "aaaa", "ABC", "ÀÉÎ ßẞ", "x,y,,z", "İıſ", "abcabcabc", "'quoted'", "-12.5",
        "ΑΣς", "\u00a0nbsp\u2003",
    ]),
    "t": ("VARCHAR(16)", [
        "a", N, "", "b", "o", " ", "ö", "本", "🦆", "a", "%", "_", "\\", "NULL", "|", "aa", "abc", "ß", ",",
        "i", "abc", "'", "-", "Σ", "b",
    ]),
    "p": ("VARCHAR(16)", [
        "%", "", N, "a%", "%o W%", "% ", "ä_ü", "__語", "🦆%", "_a", "100!%", "a!_b", "a\\\\b", "n%", "%|%",
        "a%a_a", "abc", "%ß%", "%,%,%", "i%", "%abc", "'%'", "-__._", "ας_", "%NBSP%",
    ]),
    "n": ("INTEGER", [
        1, 2, 3, N, 0, -1, -2, 2, 1, 3, 5, 10, -100, 100, 4, 2147483647, -2147483648, 6, 2, -3, 7, 1, 3, -1,
        2,
    ]),
    "m": ("BIGINT", [
        3, 0, 1, 2, N, -1, 5, 1, 2, -2, 9, 9223372036854775807, 3, -9223372036854775808, 2, 4294967296, 1, 2,
        100, 0, 3, 12, 2, 1, 4,
    ]),
    "i": ("INTEGER", [
        N, 0, -1, 1, 65, 97, 255, 256, 233, 8364, 128512, 1114111, 1114112, 55296, 2147483647, -2147483648,
        32, 48, 10, 127, 128, 1000000, 42, 12353, 57343,
    ]),
    "u1": ("UTINYINT", [N, 0, 1, 255] + [10] * 21),
    "i8": ("BIGINT", [N, 0, -1, 9223372036854775807, -9223372036854775808, 1234567, 255, 16] + [-42] * 17),
    "u8": ("UBIGINT", [N, 0, 1, 18446744073709551615, 9223372036854775808, 1234567, 255, 16] + [42] * 17),
    "r": ("REAL", [
        N, 0, -1, "3.4028235e38", "nan", "inf", "-inf", "-0.0", "0.1", "1e-45", "16777216", "123456.79",
        "1e15", "1e16", "1e-5",
    ] + ["2.5"] * 10),
    "d": ("DOUBLE", [
        N, 0, -1, "1.7976931348623157e308", "nan", "inf", "-inf", "-0.0", "0.1", "5e-324", "1e15", "1e16",
        "1e17", "123456789.123456789", "1e-5", "0.0001", "0.005", "0.015", "2.5", "1234.5678", "-9.995",
        "999999.995", "1e22", "3", "0.5",
    ]),
    "dec9": ("DECIMAL(9,3)", [
        N, 0, -1, "999999.999", "-999999.999", "0.5", "-0.005", "1234.565",
    ] + ["2.5"] * 17),
    "b": ("BOOLEAN", [N, True, False] + [True] * 22),
    "dt": ("DATE", [N, "2020-02-29"] + ["1999-12-31"] * 23),
    "ts": ("TIMESTAMP", [N, "2020-02-29 01:02:03.5"] + ["1999-12-31 23:59:59"] * 23),
}
OTHERS = ["n", "u1", "i8", "u8", "r", "d", "dec9", "b", "dt", "ts"]


def exact():
    for f in (
        "length", "len", "char_length", "character_length", "strlen", "bit_length", "lower", "upper", "lcase",
        "ucase", "trim", "ltrim", "rtrim", "reverse", "ascii", "unicode", "ord",
    ):
        yield from (f"{f}(s)", f"{f}(t)", f"{f}('aé日🦆')", f"{f}('')", f"{f}(NULL)", f"{f}(n)")
    yield from ("length(s || t)", "upper(lower(s))", "length(upper(s))", "reverse(reverse(s))")
    for f in ("trim", "ltrim", "rtrim"):
        yield from (
            f"{f}(s, t)", f"{f}(s, 'a')", f"{f}(s, 'abc')", f"{f}(s, '')", f"{f}(s, NULL)", f"{f}(NULL, 'a')",
            f"{f}(s, '🦆ä')", f"{f}('  x ')",
        )
    for side in ("BOTH ", "LEADING ", "TRAILING ", ""):
        yield from (
            f"trim({side}'a' FROM s)", f"trim({side}t FROM s)", f"trim({side}FROM s)",
            f"trim({side}' ' FROM s)",
        )
    for f in ("substring", "substr"):
        yield from (
            f"{f}(s, n)", f"{f}(s, n, 2)", f"{f}(s, 2)", f"{f}(s, -2)", f"{f}(s, 0)", f"{f}(s, 0, 2)",
            f"{f}(s, -2, 1)", f"{f}(s, 2, -1)",
        )
    yield from (
        "substring(s, n, m)", "substring(s, 1, m)", "substring(s, m, n)", "substring(s, m)",
        "substring(s, -3, 2)", "substring(s, -3, 5)", "substring(s, 3, -2)", "substring(s, -1, -2)",
        "substring(s, 0, -1)", "substring(s, 100, 1)", "substring(s, -100, 1)", "substring(s, -100, 101)",
        "substring(s, 1, 0)", "substring(s, NULL)", "substring(s, 1, NULL)", "substring(NULL, 1)",
        "substring(s FROM 2)", "substring(s FROM 2 FOR 3)", "substring(s FOR 2)", "substring(s FROM n FOR 2)",
        "substring(s FROM -2 FOR 1)", "substring(s, 1, 9223372036854775807)",
        "substring(s, 9223372036854775807, 1)", "substring(s, -9223372036854775808)", "substring(n, 1)",
        "substring(s, 's')", "substring(s, 1.5)", "substring(s, 1, 2, 3)",
    )
    for f in ("left", "right"):
        yield from (
            f"{f}(s, n)", f"{f}(s, m)", f"{f}(s, 2)", f"{f}(s, 0)", f"{f}(s, -1)", f"{f}(s, -100)",
            f"{f}(s, 100)", f"{f}(s, NULL)", f"{f}(NULL, 1)", f"{f}('日本語', 2)",
        )
    for f in ("strpos", "instr", "contains", "starts_with", "prefix", "ends_with", "suffix"):
        yield from (
            f"{f}(s, t)", f"{f}(t, s)", f"{f}(s, 'a')", f"{f}(s, '')", f"{f}('', s)", f"{f}(s, '本語')",
            f"{f}(s, NULL)", f"{f}(NULL, s)", f"{f}(s, s)", f"{f}(s, n)",
        )
    yield from (
        "position(t IN s)", "position('a' IN s)", "position('' IN s)", "position('b' IN 'abc')", "s ^@ t",
        "s ^@ 'a'", "s ^@ NULL",
    )
    yield from (
        "replace(s, t, 'X')", "replace(s, 'a', '')", "replace(s, 'a', 'bb')", "replace(s, '', 'X')",
        "replace(s, t, '')", "replace(s, 'aa', 'a')", "replace(s, NULL, 'x')", "replace(s, 'a', NULL)",
        "replace(NULL, 'a', 'b')", "replace(s, 'abc', 'c')", "replace(s, '日', '月')", "replace(s, 'A', 'x')",
        "replace(s, t, t)", "replace(s, 'a')",
    )
    yield from (
        "s || t", "s || 'x'", "'x' || s", "s || NULL", "NULL || s", "s || n", "n || s", "s || d", "s || b",
        "s || dt", "s || ts", "s || t || s", "'a' || 'b'", "s || ''", "n || i8", "1 || 2", "s || dec9",
        "s || 1.5", "b || s",
    )
    yield from (
        "concat(s, t)", "concat(s)", "concat(s, NULL, t)", "concat(NULL, NULL)", "concat(s, n, b)",
        "concat('a', 1, 2.5, TRUE, NULL)", "concat(d, r)", "concat(dt, ' ', ts)", "concat(n)", "concat()",
        "concat(i8, u8)", "concat(dec9)", "concat_ws(',', s, t)", "concat_ws(t, s, s)",
        "concat_ws(NULL, s, t)", "concat_ws(',', NULL, s, NULL)", "concat_ws('', s, t)",
        "concat_ws('-', n, m, b)", "concat_ws(', ', s)", "concat_ws(',', NULL)", "concat_ws(',')",
        "concat_ws('::', s, 'x', t)",
    )
    yield from (
        "repeat(s, 2)", "repeat(s, 0)", "repeat(s, -1)", "repeat(s, 1)", "repeat('ab', 3)", "repeat('', 5)",
        "repeat(s, NULL)", "repeat(NULL, 2)", "repeat('x', u1)", "repeat('日', 2)", "repeat(t, 3)",
    )
    for f in ("lpad", "rpad"):
        yield from (
            f"{f}(s, 5, t)", f"{f}(s, 5, 'x')", f"{f}(s, 8, 'ab')", f"{f}(s, 2, '*')", f"{f}(s, 0, '*')",
            f"{f}(s, -1, '*')", f"{f}(s, 6, '日本')", f"{f}(s, NULL, 'x')", f"{f}(s, 5, NULL)",
            f"{f}(NULL, 5, 'x')", f"{f}(s, 5, '')", f"{f}(s, 1, '')", f"{f}(t, 3, ' ')", f"{f}(s, 5)",
            f"{f}(s, 40, '-')", f"{f}('x', u1 % 11, 'yz')",
        )
    yield from (
        "split_part(s, t, 1)", "split_part(s, t, 2)", "split_part(s, t, -1)", "split_part(s, t, 0)",
        "split_part(s, t, n)", "split_part(s, ',', 3)", "split_part(s, ',', -2)", "split_part(s, '', 1)",
        "split_part(s, '', 2)", "split_part(s, '', -1)", "split_part(s, 'bc', 2)", "split_part(s, ',', 100)",
        "split_part(s, ',', -100)", "split_part(s, NULL, 1)", "split_part(s, ',', NULL)",
        "split_part(NULL, ',', 1)", "split_part('', ',', 1)", "split_part('', '', 1)",
        "split_part(s, ',', m)", "split_part('a b c', ' ', 2)",
    )
    yield from (
        "ascii(left(s, 1))", "chr(i)", "chr(65)", "chr(0)", "chr(-1)", "chr(1114112)", "chr(55296)",
        "chr(u1)", "chr(unicode(s))", "chr(NULL)", "chr(i8)", "translate(s, 'abc', 'xyz')",
        "translate(s, 'abc', 'x')", "translate(s, '', 'x')", "translate(s, t, 'X')",
        "translate(s, 'äo日', 'ÄOx')", "translate(s, 'aa', 'xy')", "translate(s, 'ab', 'ba')",
        "translate(s, t, '')", "translate(s, NULL, 'x')", "translate(s, 'a', NULL)",
        "translate(NULL, 'a', 'b')", "translate(s, 'a', 'xyz')", "translate(s, 'abc', 'äöü')",
    )
    patterns = [
        "", "%", "_", "a", "a%", "%a", "%a%", "a_c", "%b%", "___", "%_", "a%c", "_%_", "%o%o%", "ä%", "%本%",
        "_本_", "🦆%", "%\\%", "100%", "a\\_b", "%a%b%c%", "abc%abc", "%%", "a%%c", "A%", "%ß%", "É%", "%ı%",
    ]
    for like in ("LIKE", "ILIKE"):
        yield from (f"s {like} '{p}'" for p in patterns)
        yield from (
            f"s {like} p", f"s NOT {like} p", f"p {like} s", f"s {like} NULL", f"NULL {like} s",
            f"NOT s {like} '%a%'", f"s NOT {like} '%a%'", f"s {like} '' || p", f"n {like} '1'", f"s {like} t",
            f"s {like} t || '%'", f"upper(s) {like} 'A%'", f"s {like} s", f"s NOT {like} NULL",
        )
    for like in ("LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE"):
        yield from (
            f"s {like} p ESCAPE '!'", f"s {like} '%!%' ESCAPE '!'", f"s {like} 'a!_b' ESCAPE '!'",
            f"s {like} '100\\%' ESCAPE '\\'", f"s {like} 'a%%c' ESCAPE '%'", f"s {like} 'A!_%' ESCAPE '!'",
            f"s {like} 'a%' ESCAPE ''", f"s {like} 'a%' ESCAPE NULL",
        )
    yield from (
        "s LIKE '!' ESCAPE '!'", "s LIKE 'a' ESCAPE 'ab'", "s LIKE 'x!' ESCAPE '!'",
        "s LIKE 'a!b' ESCAPE '!'", "'a' LIKE 'a!' ESCAPE '!'", "s LIKE '%' ESCAPE 'é'", "s ~~ 'a%'",
        "s !~~ 'a%'", "s ~~* 'A%'", "s !~~* 'A%'",
    )
    for x in OTHERS + ["s"]:
        yield from (f"CAST({x} AS VARCHAR)", f"length(CAST({x} AS VARCHAR))")
    for x in ("i", "i8", "u8", "u1", "s"):
        yield from (f"hex({x})", f"to_hex({x})")
    yield from ("hex(255)", "hex(0)", "hex(-1)", "hex('aé')")
    for x in ("d", "r", "dec9"):
        for form in (
            "{:.2f}", "{:.0f}", "{}", "{:8.3f}", "{:e}", "{:.3e}", "{:+.1f}", "{:08.2f}", "{:g}", "{:,.2f}",
        ):
            yield f"format('{form}', {x})"
        for form in ("%.2f", "%.0f", "%f", "%8.3f", "%e", "%g", "%+.1f", "%08.2f", "%-8.1f|"):
            yield f"printf('{form}', {x})"
    for x in ("n", "i8", "u1"):
        for form in (
            "{}", "{:d}", "{:5d}", "{:05d}", "{:<5}", "{:>5}", "{:^5}", "{:+d}", "{:x}", "{:X}", "{:#x}",
            "{:b}", "{:o}", "{:,}", "{:t_}",
        ):
            yield f"format('{form}', {x})"
        for form in ("%d", "%5d", "%05d", "%-5d|", "%+d", "%x", "%X", "%o", "%,d"):
            yield f"printf('{form}', {x})"
    for form in ("{}", "{:10}", "{:>10}", "{:^10}", "{:*<10}", "{:.2}", "<{}>", "{{}}{}"):
        yield f"format('{form}', s)"
    for form in ("%s", "%10s", "%-10s|", "%.2s", "%%%s"):
        yield f"printf('{form}', s)"
    yield from (
        "format('{} {}', s, n)", "format('{1} {0}', s, n)", "format('x')", "format('{}', b)",
        "format('{}', NULL)", "format('{} {}', s)", "format('{:d}', s)", "format('{:q}', n)",
        "format('{', n)", "format(NULL, n)", "printf('%s %d', s, n)", "printf('x')", "printf('%d', d)",
        "printf('%d', s)", "printf('%f', n)", "printf('%d')", "printf('%s', b)", "printf('%s', n)",
        "printf('%5.1f%%', d)", "printf('%q', n)", "format('{:s}', s)", "format('{:.1f} C', r)",
        "format('{:5.1f}', n)", "format(s, n)",
    )
    for form in (
        "{:5}", "{:d}", "{:>5}", "{:s}", "{:x}", "{:f}", "{:+d}", "{:^7}",
    ):
        yield f"format('{form}', b)"
    for form in (
        "{:.3}", "{:.3d}", "{:#x}", "{:#o}", "{:#b}", "{:B}", "{:#B}", "{:#X}", "{:#08x}", "{:n}", "{:L}",
        "{:=5}", "{:<05d}", "{:+}", "{: }", "{:-d}", "{:>+5}", "{:,12}", "{:t:d}", "{:t }", "{:,x}", "{:}",
        "{0:}", "{0}{0}", "{ }", "{:5 }", "}}{{{}", "}", "{:100}", "{:s}", "{:,+d}", "{:*>,12}",
        "{:,>12}", "{:+,}", "{:12,}",
    ):
        yield f"format('{form}', n)"
    for form in (
        "{:.3}", "{:8}", "{:08}", "{:+}", "{: }", "{:+08.2f}", "{:.0e}", "{:E}", "{:G}",
        "{:F}", "{:#.0f}", "{:#g}", "{:.3g}", "{:.0g}", "{:%}", "{:.17f}", "{:.30f}", "{:,.1f}", "{:,}",
        "{:^12.1f}", "{:>8.1f}", "{:<8.1f}", "{:*>8.1f}", "{:d}", "{:#.3g}", "{:#.0e}", "{:.10e}",
    ):
        yield f"format('{form}', r)"
    for form in ("{:.10}", "{:.17g}", "{:.16e}", "{:g}", "{:.3G}", "{:10g}", "{:.1e}", "{:#.5g}"):
        yield f"format('{form}', d)"
    for form in (
        "%.5d", "%08.5d", "%+.3d", "%i", "%u", "%ld", "%lld", "%#x", "%#o", "% d", "%-+5d|", "%-05d|",
        "%_d", "%,8d", "%,012d", "%zu", "%+5d", "%.0d", "% 05d", "%12,d",
    ):
        yield f"printf('{form}', n)"
    for form in (
        "%.17f", "%.20f", "%,.2f", "%#.0f", "% f", "%G", "%E", "%F", "%.3g", "%.10g", "%.17g", "%.3e", "%lf",
        "%-10.2f|", "%+010.1f", 
    ):
        yield f"printf('{form}', r)"
    for form in ("%5s", "%d", "%x", "%05d", "%i", "%-6s|", "%f"):
        yield f"printf('{form}', b)"
    for form in ("%05s", "%5.3s|", "%+s", "%-+s", "%d", "%-05s|"):
        yield f"printf('{form}', s)"
    for form in ("{:05}", "{:+}", "{:=5}", "{:#}", "{:,}", "{:é<5}", "{:.1}", "{:*^7}", "{:<5.2}|"):
        yield f"format('{form}', s)"
    yield from (
        "format('{} {}', dt, ts)", "format('{0}{0}{1}', s, n)", "format('{0}{}', s, n)", "format('{}', s, n)",
        "printf('%s', dt)", "printf('%')", "printf('a%')", "printf('%s %s', s)", "format('{a}', n)",
    )
    yield from (
        "s < t", "s = t", "s >= t", "s < 'b'", "s > 'Z'", "s BETWEEN 'a' AND 'b'", "greatest(s, t)",
        "least(s, t)", "s IN ('a', 'äöü')", "s || s = 'aa'", "length(s) > length(t)",
        "CASE WHEN contains(s, 'a') THEN upper(s) ELSE t END", "lower(n)", "trim(n)", "upper(d)",
        "starts_with(n, '1')", "length(b)", "length(dt)", "replace(n, '1', '2')", "reverse(12)", "left(n, 1)",
        "lower(s, t)", "lower()",
    )


def approximate():
    return ()
