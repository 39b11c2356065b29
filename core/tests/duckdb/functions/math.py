"""Mathematical functions and operators on every numeric type."""

N = None
COLUMNS = {
    "i1": ("TINYINT", [N, 0, -1, 127, -128, 1, 2, -2, 7, -7, 10, 100, -100, 64, 3, 5, 12, -12, 33, 20]),
    "i2": ("SMALLINT", [
        N, 0, -1, 32767, -32768, 1, 2, -2, 7, -7, 10, 100, -100, 1000, 3, 5, 12, -12, 12345, 20,
    ]),
    "i4": ("INTEGER", [
        N, 0, -1, 2147483647, -2147483648, 1, 2, -2, 7, -7, 10, 100, -100, 65536, 3, 5, 12, -15, 123456789,
        20,
    ]),
    "i8": ("BIGINT", [
        N, 0, -1, 9223372036854775807, -9223372036854775808, 1, 2, -2, 7, -7, 10, 100, -100, 4294967296, 3, 5,
        18, -18, 1234567890123456789, 20,
    ]),
    "u1": ("UTINYINT", [N, 0, 1, 255, 0, 1, 2, 128, 7, 8, 10, 100, 200, 64, 3, 5, 12, 15, 33, 20]),
    "u2": ("USMALLINT", [N, 0, 1, 65535, 0, 1, 2, 32768, 7, 8, 10, 100, 200, 1000, 3, 5, 12, 15, 12345, 20]),
    "u4": ("UINTEGER", [
        N, 0, 1, 4294967295, 0, 1, 2, 2147483648, 7, 8, 10, 100, 200, 65536, 3, 5, 12, 15, 123456789, 20,
    ]),
    "u8": ("UBIGINT", [
        N, 0, 1, 18446744073709551615, 0, 1, 2, 9223372036854775808, 7, 8, 10, 100, 200, 4294967296, 3, 5, 12,
        15, 1234567890123456789, 20,
    ]),
    "r": ("REAL", [
        N, 0, -1, "3.4028235e38", "-3.4028235e38", "nan", "inf", "-inf", "-0.0", 0.5, -0.5, 1.5, 2.5, -2.5,
        "1e-45", 0.1, 123.456, -123.456, 16777217, 1,
    ]),
    "d": ("DOUBLE", [
        N, 0, -1, "1.7976931348623157e308", "-1.7976931348623157e308", "nan", "inf", "-inf", "-0.0", 0.5,
        -0.5, 1.5, 2.5, -2.5, "5e-324", 0.1, 123.456, -1234.5678, "1e16", 1,
    ]),
    "e": ("DOUBLE", [
        2, 0, 2, 2, "inf", 1, "nan", 3, 0.5, -1, 0.5, N, "-inf", -2.5, -1, 10, 0.1, 1e3, -1e3, "-0.0",
    ]),
    "k": ("INTEGER", [1, 0, -1, 31, 32, N, 1, 2, 3, -2, 7, 8, -5, 15, 16, 63, 64, 62, 100, -2147483648]),
    "h": ("SMALLINT", [1, 0, 1, 2, -1, 0, 5, 3, 2, 1, 7, N, -2, -3, 4, -1, 10, 2, -10, 400]),
    "dec9": ("DECIMAL(9,3)", [
        N, 0, -1, "999999.999", "-999999.999", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.001", "-0.001",
        "1.234", "1.235", "1.245", "123.456", "-123.456", "10", "100.005", "1",
    ]),
    "dec18": ("DECIMAL(18,6)", [
        N, 0, -1, "999999999999.999999", "-999999999999.999999", "0.5", "-0.5", "1.5", "2.5", "-2.5",
        "0.000001", "-0.000001", "1.2345", "1.235", "9.999999", "123.456", "-123.456", "10", "2", "1",
    ]),
    "dec38": ("DECIMAL(38,10)", [
        N, 0, -1, "9999999999999999999999999999.9999999999", "-9999999999999999999999999999.9999999999",
        "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.0000000001", "-0.0000000001", "1.2345", "1.235",
        "9.9999999999", "123.456", "-123.456", "10", "12345678901234567890.5", "1",
    ]),
    "b": ("BOOLEAN", [N, True, False] + [True, False] * 8 + [True]),
    "s": ("VARCHAR(16)", [N, "", "0", "1.5", "abc"] + ["2"] * 15),
}
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
SIGNED = INTEGERS[:4]
FLOATS = ["r", "d"]
DECIMALS = ["dec9", "dec18", "dec38"]
NUMBERS = INTEGERS + FLOATS + DECIMALS
# Few literals: what a literal does beside a column is in expressions.tsv.


def exact():
    for f in ("abs", "ceil", "floor", "round", "trunc", "sign", "even"):
        for x in NUMBERS:
            yield f"{f}({x})"
    for x in NUMBERS:
        yield from (f"ceiling({x})", f"-{x}", f"+{x}")
        yield from (
            f"round({x}, 0)", f"round({x}, 1)", f"round({x}, 2)", f"round({x}, -1)", f"round({x}, -2)",
        )
    for x in INTEGERS + FLOATS:
        yield from (f"round({x}, h)", f"round({x}, k)", f"trunc({x}, 1)", f"trunc({x}, h)", f"trunc({x}, -1)")
    for x in DECIMALS:
        yield from (
            f"trunc({x}, 1)", f"trunc({x}, -1)", f"trunc({x}, 7)", f"round({x}, 7)", f"round({x}, -30)",
            f"round({x}, h)",
        )
    for a in INTEGERS + FLOATS:
        for b in ("3", "-3", "0"):
            yield from (f"{a} % {b}", f"{a} // {b}", f"mod({a}, {b})")
    for a, b in (
        ("i1", "i4"), ("i4", "k"), ("i8", "k"), ("i4", "i8"), ("u1", "u2"), ("u4", "u8"), ("i4", "h"),
        ("u8", "u8"), ("i8", "i8"), ("i8", "i4"), ("u1", "i1"), ("u4", "k"), ("u2", "h"), ("d", "e"),
        ("r", "r"), ("e", "d"), ("d", "k"), ("k", "d"), ("r", "k"), ("u8", "h"),
    ):
        yield from (f"{a} % {b}", f"{a} // {b}", f"mod({a}, {b})", f"greatest({a}, {b})", f"least({a}, {b})")
        yield from (f"{a} + {b}", f"{a} - {b}", f"{a} * {b}", f"{a} / {b}")
    for a in INTEGERS:
        yield from (
            f"~{a}", f"{a} & {a}", f"{a} | 1", f"{a} & 15", f"xor({a}, 6)", f"xor({a}, {a})",
            f"bit_count({a})",
        )
        yield from (
            f"{a} << 1", f"{a} << h", f"{a} >> 1", f"{a} >> h", f"{a} << 7", f"{a} >> 100", f"{a} << 100",
            f"{a} << 0", f"{a} >> -1", f"{a} << -1",
        )
    for a, b in (
        ("i1", "i4"), ("i4", "k"), ("i8", "k"), ("i4", "i8"), ("u1", "u2"), ("u4", "u8"), ("u1", "i1"),
        ("u4", "k"), ("i8", "i4"), ("i8", "i8"),
    ):
        yield from (f"{a} & {b}", f"{a} | {b}", f"xor({a}, {b})", f"{a} << {b}", f"{a} >> {b}")
    for a, b in (
        ("i1", "i2"), ("i4", "k"), ("i4", "12"), ("i8", "i8"), ("i8", "k"), ("i8", "i4"), ("i8", "18"),
        ("h", "k"), ("u1", "12"), ("u4", "12"), ("u4", "u2"), ("u1", "h"),
    ):
        yield from (f"gcd({a}, {b})", f"lcm({a}, {b})")
    yield from (
        "greatest_common_divisor(i4, 12)", "least_common_multiple(i4, 12)", "gcd(i4, 0)", "lcm(i4, 0)",
    )
    for x in FLOATS:
        yield from (f"isnan({x})", f"isfinite({x})", f"isinf({x})")
    yield from ("isnan(i4)", "isnan(dec9)", "isfinite(i8)", "isinf(i4)")
    for x in NUMBERS:
        yield from (f"sqrt({x})", f"radians({x})", f"degrees({x})")
    for x in SIGNED + ["h"]:
        yield f"factorial({x})"
    for x in SIGNED + FLOATS + ["u4"]:
        yield from (
            f"greatest({x}, 3)", f"least({x}, 3)", f"greatest({x}, NULL)", f"least(NULL, {x})",
            f"least({x}, h, 5)",
        )
    yield from (
        "greatest(d, e, 2)", "greatest(i4)", "least(d)", "greatest(dec9, 1)", "least(dec9, dec18)",
        "greatest(i4, d)", "greatest(r, d)", "least(i1, u1)", "greatest(i4, 1.5)", "greatest(NULL, NULL)",
        "least(u8, i4)",
    )
    yield from (
        "pi()", "sqrt(d * d + e * e)", "-(-i4)", "- -d", "-abs(i4)", "abs(-i1)", "- (i4 + 1)", "2 ** 3",
        "2 ^ 3 ^ 2", "-2 ^ 2", "10 // 4", "10 % 4", "-7 // 2", "-7 % 2", "7.5 // 2", "7.5 % 2", "1 << 4",
        "5 & 3", "5 | 3", "xor(5, 3)", "~5", "1 << 62", "1::BIGINT << 62", "1::BIGINT << 63", "1 << 31",
        "1 << 30", "round(2.5)", "round(-2.5)", "round(0.5::DOUBLE)", "round(2.5::REAL)", "round(1.005, 2)",
        "round(1234.567, -2)", "round(5, -1)", "round(15, -1)", "round(-15, -1)", "trunc(2.7)", "trunc(-2.7)",
        "ceil(2.1)", "floor(-2.1)", "abs(-2.5)", "sign(-2.5)", "sign(0.0)", "i4 + 1 << 2", "i4 & 3 = 1",
        "i4 | 1 + 1", "1 + i4 & 3", "~i4 + 1", "-i4 ** 2", "i4 % 7 * 2", "i4 * 2 % 7", "2 * i4 // 3",
        "i4 & 6 | 1", "i4 | 6 & 3", "i4 << 1 & 7",
    )
    for x in ("b", "s"):
        for f in ("abs", "sqrt", "round", "sign", "sin", "floor", "trunc", "isnan", "bit_count"):
            yield f"{f}({x})"
        yield from (
            f"-{x}", f"~{x}", f"{x} % 2", f"{x} // 2", f"{x} & 1", f"gcd({x}, 2)", f"greatest({x}, 1)",
        )
    yield from (
        "d & 1", "d << 1", "~d", "gcd(d, 2)", "round()", "round(1, 2, 3)", "abs(1, 2)", "sqrt()", "power(2)",
        "pi(1)", "round(d, 1.5)", "abs(NULL)", "sqrt(NULL)", "round(NULL, 1)", "round(d, NULL)", "d % NULL",
        "NULL // i4", "~NULL", "i4 & NULL", "sign(NULL)", "greatest()", "least()", "add(i4, 1)",
        "subtract(i4, 1)", "multiply(i4, 2)", "divide(i4, 2)", "nosuch(i4)",
    )
    for x in DECIMALS:
        yield from (
            f"{x} % 3", f"{x} % 0", f"{x} // 2", f"mod({x}, 1.5)", f"greatest({x}, 2)", f"least({x}, d)",
        )


def approximate():
    for f in (
        "exp", "ln", "log", "log2", "log10", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
        "cosh", "tanh", "cot", "asinh", "acosh", "atanh",
    ):
        for x in ("i4", "r", "d", "dec9", "u8"):
            yield f"{f}({x})"
        yield f"{f}(e)"
    for f in ("sin", "exp", "ln", "log10"):
        for x in ("i1", "i8", "u1", "dec18", "dec38"):
            yield f"{f}({x})"
    for a, b in (
        ("d", "e"), ("e", "d"), ("i4", "k"), ("i4", "2"), ("d", "0.5"), ("r", "r"), ("d", "k"), ("i1", "h"),
        ("u1", "2"), ("dec9", "2"), ("2", "d"), ("d", "0"), ("i8", "3"), ("10", "h"), ("r", "2"),
    ):
        yield from (f"power({a}, {b})", f"pow({a}, {b})", f"{a} ** {b}", f"{a} ^ {b}")
    for a, b in (
        ("d", "e"), ("e", "d"), ("2", "d"), ("d", "2"), ("i4", "10"), ("10", "i4"), ("r", "r"), ("2", "u8"),
        ("dec9", "2"),
    ):
        yield f"log({a}, {b})"
    for a, b in (("d", "e"), ("e", "d"), ("i4", "k"), ("1", "d"), ("r", "r"), ("r", "e"), ("dec9", "2")):
        yield f"atan2({a}, {b})"
    yield from (
        "exp(1)", "ln(10)", "log(100)", "log(2, 8)", "log2(8)", "log10(1000)", "sin(0)", "cos(pi())",
        "tan(pi() / 4)", "asin(1)", "acos(-1)", "atan(1)", "power(2, 10)", "power(2, 0.5)",
        "power(-8, 1.0 / 3)", "cbrt(27)", "cbrt(-8)", "degrees(atan2(1, 1))", "exp(710)", "exp(-1000)",
        "sinh(1)", "cosh(1)", "tanh(1)", "cot(1)",
        "acosh(-3200)", "acosh(h - 3200)",
    )
