"""Functions of dates, times, timestamps and intervals."""

N = None
COLUMNS = {
    "dt": ("DATE", [
        N, "1970-01-01", "0001-01-01", "9999-12-31", "2020-02-29", "2019-02-28", "1900-02-28", "2000-12-31",
        "2021-01-01", "1969-12-31", "2024-08-31", "2016-01-03", "2010-01-04", "1582-10-15", "2100-03-01",
        "2008-12-29", "2023-10-30", "0004-02-29", "1999-11-30", "2026-07-15",
    ]),
    "du": ("DATE", [
        "2020-01-01", N, "0001-01-31", "0001-01-01", "2019-03-01", "2020-02-29", "1900-03-01", "2001-01-01",
        "2020-12-31", "1970-01-01", "2024-02-29", "2016-12-31", "2009-12-28", "1582-10-04", "2096-02-29",
        "2009-01-01", "2023-03-26", "0005-02-28", "1999-12-31", "2025-07-16",
    ]),
    "ts": ("TIMESTAMP", [
        N, "1970-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999",
        "2020-02-29 12:34:56.789012", "2019-02-28 23:59:59.5", "1900-02-28 00:00:00.000001",
        "2000-12-31 11:00:00", "2021-01-01 00:30:00", "1969-12-31 23:59:59.999999", "2024-08-31 12:00:00",
        "2016-01-03 06:07:08", "2010-01-04 13:00:00.1", "1582-10-15 01:00:00", "2100-03-01 00:00:00.05",
        "2008-12-29 22:10:01", "2023-10-30 02:30:00", "0004-02-29 05:05:05.000500", "1999-11-30 23:45:00",
        "2026-07-15 09:05:03.045",
    ]),
    "tu": ("TIMESTAMP", [
        "2020-01-01 00:00:00", N, "0001-01-31 12:00:00", "0001-01-01 00:00:00", "2019-03-01 12:34:56.789013",
        "2020-02-29 00:00:00", "1900-03-01 00:00:00", "2001-01-01 10:59:59.999999", "2020-12-31 23:59:59",
        "1970-01-01 00:00:00", "2024-02-29 12:00:00.000001", "2016-12-31 06:07:07.9", "2009-12-28 13:00:00.2",
        "1582-10-04 01:00:00", "2096-02-29 00:00:00.049", "2009-01-01 22:10:00", "2023-03-26 01:30:00",
        "0005-02-28 05:05:05.000499", "1999-12-31 23:44:59", "2025-07-15 09:05:03.045",
    ]),
    "tm": ("TIME", [
        N, "00:00:00", "23:59:59.999999", "12:34:56.789", "01:02:03", "12:00:00", "11:59:59.5",
        "00:00:00.000001", "13:00:00", "06:30:00",
    ] + ["10:20:30.405060"] * 10),
    "tz": ("TIMESTAMPTZ", [
        N, "1970-01-01 00:00:00+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00",
        "2020-02-29 12:34:56.789012+05:30", "2019-02-28 23:59:59.5-08", "1900-02-28 00:00:00.000001+00",
        "2000-12-31 11:00:00+14", "2021-01-01 00:30:00+01", "1969-12-31 23:59:59.999999+00",
    ] + ["2024-08-31 12:00:00+02"] * 10),
    "iv": ("INTERVAL", [
        N, "0 seconds", "1 month", "-1 month", "1 year 2 months 3 days 04:05:06.789", "1 day", "-1 day",
        "24 hours", "30 days", "-90 minutes", "13 months", "1 microsecond", "-1 microsecond", "100 years",
        "45 days 12:00:00", "-1 year 1 day", "1 month -1 day", "999 hours", "1.5 seconds", "2 weeks",
    ]),
    "iw": ("INTERVAL", [
        "1 day", "1 microsecond", "30 days", N, "14 months", "24 hours", "1 month", "1 day", "1 month",
        "-1 hours", "1 year 1 month", "-1 microsecond", "0 days", "1 century", "1 month 15 days 12:00:00",
        "-364 days", "29 days", "41 days 15:00:00", "1 second", "14 days",
    ]),
    "y": ("INTEGER", [
        N, 1970, 1, 9999, 2020, 2019, 1900, 0, -1, 2147483647, 2024, 10000, 2021, 294247, 5877642, -290308,
        2000, 2001, 99, 2026,
    ]),
    "mo": ("INTEGER", [1, 1, 1, 12, 2, 2, 2, 1, N, 1, 0, 13, -1, 1, 6, 12, 11, 9, 4, 7]),
    "da": ("INTEGER", [1, 1, 1, 31, 29, 29, 28, 1, 1, 1, 1, 1, 1, 10, 25, 31, 31, 30, N, 0]),
    "n": ("INTEGER", [
        N, 0, 1, -1, 2, 3, 12, -12, 30, 31, 59, 60, 24, 23, 2147483647, -2147483648, 365, 1000, 86400, 7,
    ]),
    "n8": ("BIGINT", [
        N, 0, 1, -1, 86400, 1577836800, 1577836800000, 1577836800000000, 9223372036854775807,
        -9223372036854775808, 253402300799, -62135596800, 999999, -999999, 1500, -1500, 9223372036854,
        9223372036855, 253402300799999999, -62135596800000000,
    ]),
    "d": ("DOUBLE", [
        N, 0, 1, -1, 0.5, -0.5, 1.5, 59.999999, 59.9999999, 60, 1577836800.123456, "1e10", "1e15", "1e300",
        "nan", "inf", "-inf", 30.25, "1e-7", 2.5,
    ]),
    "s": ("VARCHAR(40)", [
        N, "", "2020-02-29 12:34:56", "2020-02-30 12:34:56", "2020-02-29", "29/02/2020", "Feb 29 2020",
        "2020-02-29T12:34:56.789Z", "12:34:56", "01:02 PM", "2020-060", "1582-10-15 01:00:00",
        "9999-12-31 23:59:59", "0001-01-01 00:00:00", "2020-02-29 12:34:56.123456", "1e3",
        "Saturday, 29 February 2020", "20200229123456", " 2020-02-29 12:34:56 ", "2020-02-29 12:34:56+05:30",
    ]),
    "b": ("BOOLEAN", [N, True, False] + [True] * 17),
}
DATE_PARTS = [
    "year", "month", "day", "decade", "century", "millennium", "quarter", "week", "dayofweek", "isodow",
    "weekday", "dayofyear", "isoyear", "yearweek", "era", "julian", "epoch",
]
TIME_PARTS = ["hour", "minute", "second", "millisecond", "microsecond", "nanosecond", "epoch"]
PARTS = DATE_PARTS[:-1] + TIME_PARTS
UNITS = [
    "year", "month", "day", "decade", "century", "millennium", "quarter", "week", "hour", "minute", "second",
    "millisecond", "microsecond",
]


def exact():
    for part in PARTS:
        yield from (
            f"extract({part} FROM ts)", f"date_part('{part}', dt)",
            f"{part}(ts)" if part != "epoch" else "epoch(ts)",
        )
    for part in TIME_PARTS:
        yield f"extract({part} FROM tm)"
    for part in UNITS + ["epoch"]:
        yield f"extract({part} FROM iv)"
    for part in (
        "dow", "doy", "isodow", "timezone", "timezone_hour", "ms", "us", "y", "mon", "d", "h", "m", "s", "w",
        "years", "minutes", "seconds", "weekofyear", "dayofmonth", "millenniums", "nosuch", "",
    ):
        yield from (f"date_part('{part}', ts)", f"date_trunc('{part}', ts)", f"date_diff('{part}', ts, tu)")
    for f in (
        "year", "month", "day", "dayofmonth", "dayofweek", "isodow", "weekday", "week", "weekofyear",
        "quarter", "dayofyear", "decade", "century", "era", "yearweek", "isoyear", "julian",
    ):
        yield f"{f}(dt)"
    yield from (
        "hour(tm)", "minute(tm)", "second(tm)", "millisecond(tm)", "microsecond(tm)", "hour(dt)", "year(tm)",
        "year(iv)", "month(iv)", "day(iv)", "hour(iv)", "second(iv)", "extract(week FROM tm)",
        "extract(dayofyear FROM iv)", "extract(year FROM s)", "year(s)", "year(n)", "datepart('month', ts)",
        "date_part('YEAR', ts)", "extract('year' FROM ts)", "date_part(s, ts)", "date_part(NULL, ts)",
        "extract(year FROM NULL)", "extract(hour FROM tz)", "year(tz)", "extract(epoch FROM tz)",
    )
    for part in UNITS:
        yield from (
            f"date_trunc('{part}', ts)", f"date_trunc('{part}', dt)", f"date_trunc('{part}', iv)",
            f"date_diff('{part}', ts, tu)", f"date_diff('{part}', dt, du)", f"date_sub('{part}', ts, tu)",
            f"date_sub('{part}', dt, du)", f"date_sub('{part}', tu, ts)",
        )
    for part in ("isoyear", "isodow", "dayofyear", "yearweek", "epoch", "era", "dayofweek"):
        yield from (
            f"date_trunc('{part}', ts)", f"date_diff('{part}', ts, tu)", f"date_sub('{part}', ts, tu)",
        )
    yield from (
        "datetrunc('hour', ts)", "date_trunc('DAY', ts)", "date_trunc('hour', tm)", "date_trunc('day', s)",
        "date_trunc(NULL, ts)", "date_trunc('day', tz)", "date_trunc('month', tz)", "datediff('day', dt, du)",
        "datesub('month', dt, du)", "date_diff('hour', tm, TIME '12:00:00')",
        "date_sub('hour', tm, TIME '12:00:00')", "date_diff('minute', tm, TIME '12:00:00')",
        "date_diff('day', dt, ts)", "date_diff('day', ts, dt)", "date_diff('day', NULL, ts)",
        "date_diff('day', tz, tz)", "date_diff('day', dt, DATE '2020-01-01')",
        "date_diff('microsecond', ts, ts)", "date_diff('day', s, s)",
    )
    for width in (
        "INTERVAL '1' MINUTE", "INTERVAL '7' SECOND", "INTERVAL '1' DAY", "INTERVAL '7' DAY",
        "INTERVAL '1' MONTH", "INTERVAL '5' MONTH", "INTERVAL '1' YEAR", "INTERVAL '2' WEEK",
        "INTERVAL '36' HOUR", "INTERVAL '1' MICROSECOND", "INTERVAL '0' SECOND", "INTERVAL '-1' DAY",
        "INTERVAL '1 month 1 day'", "INTERVAL '10' YEAR",
    ):
        yield from (
            f"time_bucket({width}, ts)", f"time_bucket({width}, dt)",
            f"time_bucket({width}, ts, TIMESTAMP '2020-01-15 12:00:00')",
            f"time_bucket({width}, dt, DATE '2020-01-15')", f"time_bucket({width}, ts, INTERVAL '1' HOUR)",
        )
    yield from (
        "time_bucket(iv, ts)", "time_bucket(INTERVAL '1' DAY, ts, tu)", "time_bucket(INTERVAL '1' DAY, tz)",
        "time_bucket(INTERVAL '1' MONTH, dt, du)", "time_bucket(INTERVAL '1' MONTH, ts, INTERVAL '5' DAY)",
        "time_bucket(NULL, ts)", "time_bucket(INTERVAL '1' DAY, NULL)", "time_bucket(INTERVAL '1' DAY, s)",
        "time_bucket(INTERVAL '90' MINUTE, tm)", "time_bucket(INTERVAL '1' MONTH, dt, INTERVAL '10' DAY)",
        "time_bucket(INTERVAL '3' DAY, dt, INTERVAL '1' DAY)",
    )
    for a in ("ts", "dt", "tm", "tz"):
        yield from (
            f"{a} + iv", f"{a} - iv", f"iv + {a}", f"{a} + iw", f"{a} - iw", f"{a} + INTERVAL '1' MONTH",
            f"{a} - INTERVAL '1' MONTH", f"{a} + INTERVAL '1' DAY", f"{a} + INTERVAL '36' HOUR",
            f"{a} - INTERVAL '1' YEAR", f"{a} + INTERVAL '1' MICROSECOND", f"{a} - INTERVAL '1' QUARTER",
            f"{a} + INTERVAL (n) DAY", f"{a} + INTERVAL (n) MONTH", f"{a} + INTERVAL (n) HOUR", f"{a} + NULL",
            f"{a} - {a}", f"{a} + 1", f"{a} - 1", f"iv - {a}", f"{a} + {a}", f"date_add({a}, iv)",
            f"date_add({a}, INTERVAL 1 DAY)",
        )
    yield from (
        "ts - tu", "dt - du", "dt - ts", "ts - dt", "tm - TIME '12:00:00'", "dt + n", "dt - n", "n + dt",
        "dt + tm", "tm + dt", "dt + n8", "dt + d", "ts + n", "age(ts, tu)", "age(dt, du)", "age(tu, ts)",
        "tz - tz", "dt + 1 + 1", "dt + INTERVAL '1' DAY - dt", "date_sub(dt, INTERVAL 1 DAY)", "add(dt, n)",
    )
    yield from (
        "iv + iw", "iv - iw", "-iv", "+iv", "iv * 2", "2 * iv", "iv * n", "iv * d", "iv / 2", "iv / d",
        "iv / n", "iv / 0", "iv * 0.5", "iv * 1.5", "iv * -1", "iv % 2", "abs(iv)", "iv + 1", "iv * iv",
        "iv / iw", "iv = iw", "iv < iw", "iv <= iw", "iv > iw", "iv >= iw", "iv <> iw", "greatest(iv, iw)",
        "least(iv, iw)", "iv BETWEEN INTERVAL '0' DAY AND INTERVAL '1' MONTH", "iv = INTERVAL '1' MONTH",
        "iv = INTERVAL '30' DAY", "iv = INTERVAL '24' HOUR", "iv IN (INTERVAL '1' DAY)",
        "INTERVAL '24' HOUR = INTERVAL '1' DAY", "coalesce(iv, iw)", "nullif(iv, iw)",
        "CASE WHEN b THEN iv ELSE iw END", "normalized_interval(iv)", "iv // 2", "iv IS NULL",
    )
    yield from (
        "ts < tu", "ts = tu", "dt < du", "dt >= du", "tm < TIME '12:00:00'", "dt = ts", "dt < ts", "ts >= dt",
        "tz = ts", "tz > ts", "dt = '2020-02-29'", "ts > '2000-01-01'", "tm = '12:00:00'", "iv > '1 day'",
        "dt BETWEEN '2000-01-01' AND '2020-12-31'", "greatest(dt, du)", "least(ts, tu)", "greatest(ts, dt)",
        "greatest(tm, TIME '12:00')", "coalesce(dt, du)", "coalesce(dt, ts)", "nullif(dt, du)",
        "dt IN ('2020-02-29', '1970-01-01')", "tm = dt", "dt = n", "ts = tm",
        "CASE WHEN b THEN dt ELSE ts END", "tz BETWEEN ts AND ts",
    )
    yield from (
        "make_date(y, mo, da)", "make_date(2020, 2, 29)", "make_date(2019, 2, 29)", "make_date(y, 1, 1)",
        "make_date(n)", "make_date(NULL, 1, 1)", "make_date(2020, mo, 1)", "make_date(2020, 1, n)",
        "make_time(n, 0, 0)", "make_time(12, n, 0)", "make_time(12, 34, d)", "make_time(23, 59, 59.999999)",
        "make_time(24, 0, 0)", "make_time(0, 0, 60)", "make_time(mo, da, 1.5)", "make_time(NULL, 1, 1)",
        "make_timestamp(y, mo, da, 12, 34, 56.789)", "make_timestamp(2020, 2, 29, n, 0, 0)",
        "make_timestamp(2020, 2, 29, 0, n, 0)", "make_timestamp(2020, 2, 29, 23, 59, d)",
        "make_timestamp(n8)", "make_timestamp_ms(n8)", "make_timestamp(0)", "make_timestamp(n)",
        "make_timestamp(2020, 1, 1, 0, 0, 60)", "make_timestamp(NULL)",
        "make_timestamptz(2020, 2, 29, 12, 0, 0)", "make_timestamptz(n8)", "make_date(y, mo)",
    )
    yield from (
        "epoch(ts)", "epoch(dt)", "epoch(tm)", "epoch(iv)", "epoch(tz)", "epoch_ms(ts)", "epoch_ms(dt)",
        "epoch_ms(tm)", "epoch_ms(iv)", "epoch_us(ts)", "epoch_us(dt)", "epoch_us(tm)", "epoch_us(iv)",
        "epoch_ns(ts)", "epoch_ms(n8)", "epoch_ms(n)", "to_timestamp(n8)", "to_timestamp(d)",
        "to_timestamp(n)", "to_timestamp(0)", "epoch_ms(0)", "epoch_us(tz)", "epoch_ms(tz)", "epoch(s)",
        "epoch_ms(NULL)",
    )
    dates = [
        "%Y-%m-%d", "%d/%m/%y", "%-d.%-m.%Y", "%a %A", "%b %B", "%h", "%j", "%-j", "%U %W", "%u %w", "%G-W%V",
        "%x", "%D", "%%", "", "plain", "%e", "%C",
    ]
    times = [
        "%H:%M:%S", "%I:%M %p", "%-H:%-M:%-S", "%-I", "%f", "%g", "%n", "%S.%f", "%c", "%X", "%T", "%R", "%z",
        "%Z", "%s", "%r", "%y%m%d%H%M%S", "%-y", "%q", "%", "日%Y",
    ]
    for form in dates + times:
        yield from (f"strftime(ts, '{form}')", f"strftime(dt, '{form}')")
    yield from (
        "strftime(tm, '%H:%M')", "strftime('%Y', ts)", "strftime('%Y', dt)", "strftime(ts, NULL)",
        "strftime(NULL, '%Y')", "strftime(tz, '%Y-%m-%d %H:%M:%S %z')", "strftime(tz, '%Z')",
        "strftime(ts, s)", "strftime(s, '%Y')", "strftime(iv, '%d')",
    )
    forms = [
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d/%m/%Y", "%b %d %Y", "%Y-%m-%dT%H:%M:%S.%gZ", "%H:%M:%S",
        "%I:%M %p", "%Y-%j", "%Y-%m-%d %H:%M:%S.%f", "%A, %d %B %Y", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S%z",
        "%y-%m-%d", "%-d/%-m/%Y", "%Y-%m-%dT%H:%M:%S.%fZ", "%G-W%V-%u", "%c", "%x", "%m", "%%", "", "%q",
        "%Y-%m-%d %H:%M:%S %Z", "%d%m%Y", "%s", "%Y-%m-%d %%", "%Y",
    ]
    for form in forms:
        yield from (f"try_strptime(s, '{form}')", f"strptime(s, '{form}')")
    for text, form in (
        ("12/31/99", "%m/%d/%y"), ("01/01/69", "%m/%d/%y"), ("01/01/68", "%m/%d/%y"),
        ("2020-1-2", "%Y-%m-%d"), ("2020-13-01", "%Y-%m-%d"), ("2020-02-29 24:00:00", "%Y-%m-%d %H:%M:%S"),
        ("12:00 AM", "%I:%M %p"), ("12:00 PM", "%I:%M %p"), ("13:00 PM", "%I:%M %p"), ("2020-366", "%Y-%j"),
        ("2019-366", "%Y-%j"), ("2020-000", "%Y-%j"), ("sat 29 feb 2020", "%a %d %b %Y"),
        ("Mon 29 Feb 2020", "%a %d %b %Y"), ("2020-02-29 12:34:60", "%Y-%m-%d %H:%M:%S"),
        ("2020-02-29  12", "%Y-%m-%d %H"), ("2020-02-29x", "%Y-%m-%d"), ("x2020-02-29", "%Y-%m-%d"),
        ("2020-02-29 +0530", "%Y-%m-%d %z"), ("2020-02-29 -08", "%Y-%m-%d %z"),
        ("2020-02-29 Z", "%Y-%m-%d %z"), ("2020-02-29 1.5", "%Y-%m-%d %S.%f"),
        ("2020-02-29 1.1234567", "%Y-%m-%d %S.%f"), ("10000-01-01", "%Y-%m-%d"), ("-001-01-01", "%Y-%m-%d"),
        ("2020 09", "%Y %U"), ("2020 09 6", "%Y %W %w"), ("2020-W09-6", "%G-W%V-%u"), ("100%", "%m0%%"),
    ):
        yield from (f"try_strptime('{text}', '{form}')", f"strptime('{text}', '{form}')")
    yield from (
        "strptime(s, ['%Y-%m-%d', '%d/%m/%Y'])", "try_strptime(s, s)", "strptime(NULL, '%Y')",
        "try_strptime(s, NULL)", "strptime(n, '%Y')",
    )
    for x in ("ts", "dt"):
        yield from (
            f"dayname({x})", f"monthname({x})", f"last_day({x})", f"CAST({x} AS VARCHAR)",
            f"CAST({x} AS DATE)", f"CAST({x} AS TIMESTAMP)", f"CAST({x} AS TIME)",
        )
    yield from ("dayname(tm)", "monthname(s)", "last_day(NULL)", "dayname(tz)")
    for zone in (
        "UTC", "+01:00", "-08:00", "+05:30", "+01", "-8", "01:00", "GMT+1", "Etc/GMT-2", "Etc/GMT+8", "UTC+1",
        "GMT", "Z", "+0530", "+14:00", "+25:00", "", "nosuch", "GMT+05:30", "GMT-8", "utc", "Etc/UTC",
    ):
        yield from (f"ts AT TIME ZONE '{zone}'", f"tz AT TIME ZONE '{zone}'")
    yield from (
        "timezone('UTC', ts)", "timezone('Etc/GMT-2', tz)", "tm AT TIME ZONE 'UTC'", "ts AT TIME ZONE NULL",
        "ts AT TIME ZONE INTERVAL '1' HOUR", "(ts AT TIME ZONE 'Etc/GMT-2') AT TIME ZONE 'UTC'",
        "ts AT TIME ZONE s",
    )
    units = [
        "year", "month", "day", "hour", "minute", "second", "millisecond", "microsecond", "week", "quarter",
        "decade", "century", "millennium",
    ]
    for unit in units:
        plural = {"century": "centuries", "millennium": "millennia"}.get(unit, unit + "s")
        yield from (
            f"INTERVAL '1' {unit}",
            f"INTERVAL 2 {unit}s" if unit not in ("century", "millennium") else f"INTERVAL 2 {unit}",
            f"INTERVAL '-3 {plural}'", f"INTERVAL '1.5 {plural}'", f"INTERVAL (n) {unit}", f"to_{plural}(n)",
            f"to_{plural}(3)", f"to_{plural}(NULL)",
        )
    yield from (
        "to_seconds(d)", "to_minutes(d)", "to_hours(n8)", "to_days(d)", "to_milliseconds(d)",
        "to_microseconds(n8)", "to_seconds(n8)", "to_months(d)", "to_years(n8)",
    )
    for text in (
        "1 day 2 hours", "1 year 2 months", "01:02:03", "-01:02:03.5", "1 day 01:02:03",
        "1y 2mon 3d 4h 5m 6s", "P1Y2M3DT4H5M6S", "1.5 days", "0.5 months", "1", "", "abc", "1 day ago",
        "@ 1 minute", "3 days -2 hours", "100000 years", "1 hour 60 minutes", "25:00:00", "1e3 seconds",
        "00:00:00.0000001", "1 microseconds 1 milliseconds", "P1D", "PT36H", "1 DAY", " 1 day ", "1day",
        "2147483647 months", "2147483648 days", "999999999999 seconds", "-1 year -1 month",
    ):
        yield from (f"INTERVAL '{text}'", f"TRY_CAST('{text}' AS INTERVAL)")
    yield from (
        "INTERVAL 1.5 HOUR", "INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1' DAY + INTERVAL '1' HOUR",
        "INTERVAL -1 DAY", "-INTERVAL '1' DAY", "INTERVAL n DAY", "INTERVAL (d) SECOND",
        "INTERVAL (n8) SECOND", "INTERVAL (NULL) DAY", "INTERVAL '1 day' * n",
    )
    yield from (
        "DATE '2020-02-29'", "DATE '2019-02-29'", "TIME '12:34:56.7'", "TIME '24:00:00'", "TIME '12:34'",
        "TIMESTAMP '2020-02-29 12:34:56.789'", "TIMESTAMPTZ '2020-02-29 12:34:56+02'",
        "TIMESTAMP WITH TIME ZONE '2020-02-29 12:34:56+02'", "TIMESTAMP '2020-02-29 12:34:56+02'",
        "DATE '0001-01-01'", "DATE '9999-12-31'", "DATE 'infinity'", "DATE '0044-03-15 (BC)'",
        "CAST(tm AS VARCHAR)", "CAST(iv AS VARCHAR)", "CAST(tz AS VARCHAR)", "CAST(tz AS TIMESTAMP)",
        "CAST(ts AS TIMESTAMPTZ)", "CAST(tz AS DATE)", "CAST(dt AS TIMESTAMPTZ)", "isfinite(dt)",
        "isfinite(ts)", "isinf(ts)", "isinf(dt)",
    )
    # What is left of a part, an instant with an interval that goes back, days that no TIMESTAMP holds.
    yield from (
        "iw * 95894.3e0", "iv * 44428.1e0", "-886.276e0 * iv", "iv / 0.0375e0", "iw / -1.833237e0",
        "tz - (iw + iv)", "tz + INTERVAL '1 month -36 hours'", "tz + INTERVAL '-1 month -3 days -20 hours'",
        "INTERVAL '-1 month 20 hours' + tz", "time_bucket(INTERVAL '7' SECOND, tz, iv)",
        "date_diff('year', dt, DATE '5000000-01-17')", "date_diff('hour', DATE '5000000-01-17', dt)",
        "date_diff('microsecond', dt, DATE '5000000-01-17')", "date_sub('day', dt, DATE '5000000-01-17')",
        "epoch(DATE '5000000-01-17')", "epoch_ms(DATE '5000000-01-17')", "epoch_us(DATE '5000000-01-17')",
        "epoch_ms(INTERVAL '200000000 days -1 microsecond')", "epoch_us(INTERVAL '200000000 days')",
        "time_bucket(INTERVAL '5' MONTH, DATE '5000000-01-17')",
        "time_bucket(INTERVAL '5' MONTH, dt, DATE '5000000-01-17')",
        "time_bucket(INTERVAL '5' DAY, dt, DATE '5000000-01-17')",
        "make_time(24, 0, -1e-9)", "make_time(24, 0, 1e-6)", "make_time(23, 59, 59.9999999)",
        "tm - iv", "tm + iv", "CAST('4:' AS INTERVAL)", "TRY_CAST('4::' AS INTERVAL)",
        "TRY_CAST('4:5::' AS INTERVAL)",
        "CAST('2020 02 29 12:00' AS TIMESTAMP)",
        "CAST('2020 02 29' AS TIME)", "CAST('2020-02-29' || chr(9) || '12:34' AS TIMESTAMP)",
        "CAST('2020-02-29' || chr(10) || '12:34' AS DATE)", "TRY_CAST('2020/02-29' AS TIMESTAMP)",
        "TRY_CAST('2020-02-29 T12:34' AS TIMESTAMP)", "CAST('2020-02-29T 12:34' AS TIMESTAMP)",
        "CAST('2020-02-29 12:' AS TIMESTAMP)", "CAST('2020-02-29 12:' AS TIME)",
        "TRY_CAST('2020-02-29 12::' AS TIMESTAMP)", "CAST('2020-02-29 12:34:' AS TIMESTAMP)",
        "INTERVAL '-1' DAY - to_days(-2147483648)", "date_sub('quarter', tz, TIMESTAMPTZ '2019-02-28 10:34:57+00')",
        "date_sub('month', tz, TIMESTAMPTZ '2019-02-28 10:34:57+00')",
        "date_diff('millisecond', dt, DATE '5000000-01-17')", "date_diff('second', dt, DATE '5000000-01-17')", "TRY_CAST('4:.5' AS INTERVAL)", "TRY_CAST('4:5:.5' AS INTERVAL)",
    )


def approximate():
    return ()
