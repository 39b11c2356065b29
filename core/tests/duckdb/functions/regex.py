"""Regular expressions with constant patterns (RE2's syntax), SIMILAR TO among them."""

import itertools

N = None
COLUMNS = {
    "s": ("VARCHAR(40)", [
        N, "", "a", "abc", "ABC", "Hello World", "foo.bar", "äöü", "日本語", "🦆x🦀", "2020-02-29",
        "2020-02-29 12:34:56", "192.168.0.1", "a\nb", "line1\nLINE2\n", "aaa", "abcabc", "user@example.com",
        "  pad  ", "-12.50", "+7", "1e10", "K", "\u212a", "ſ", "ẞß", "a|b", "key=value; x=y", "x\ty", "NULL",
        "e\u0301", "0x1F",
    ]),
    "t": ("VARCHAR(16)", [N, "", "a"] + ["b"] * 29),
    "n": ("INTEGER", [N, 0, 1, 2] + [1] * 28),
}
PATTERNS = [
    "", "a", "abc", "^a", "c$", "^abc$", "^$", ".", "..", "a.c", "a*", "a+", "a?", "a{2}", "a{2,}", "a{1,2}",
    "a*?", "a+?b", "(a|b)c", "a|b", "(?:ab)+", "(abc){2}", "[abc]", "[^abc]", "[a-z]+", "[A-Z][a-z]+",
    "[0-9]", "[^0-9]+", "\\d+", "\\D", "\\w+", "\\W", "\\s", "\\S+", "\\bW", "\\B", "\\.", "[.]",
    "[[:alpha:]]+", "[[:digit:]]{4}", "[[:space:]]", "[[:^alpha:]]", "[[:punct:]]", "\\p{L}+", "\\p{Lu}",
    "\\P{L}", "\\pN", "\\p{Greek}", "\\p{Han}+", "ä", "[ä-ü]+", "日.語", "🦆", ".x.", "\\x{1F986}", "\\x41",
    "\\t", "\\n", "\\|", "a\\|b", "\\Aa", "c\\z", "\\Qa.b\\E", "foo\\.bar", "^\\d{4}-\\d{2}-\\d{2}$",
    "(\\d+)-(\\d+)-(\\d+)", "^(\\d{1,3}\\.){3}\\d{1,3}$", "^[^@]+@[^@]+\\.[a-z]+$",
    "^[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?$", "(?i)hello", "(?i)ABC", "(?s)a.b", "(?m)^LINE2$", "(?m)1$",
    "(?i)k", "(?i)s", "(?i)ß", "(?P<year>\\d{4})", "(\\w+)=(\\w+)", "^\\s+|\\s+$", "x*", "(a)(b)?(c)?",
    "(a*)*", "(a|ab)(c|bcd)?", "^0[xX][0-9a-fA-F]+$", "\\C", "(", ")", "[", "a{2,1}", "*", "a**", "(?=a)",
    "(?<!a)b", "\\1", "(?<name>a)", "\\", "a{1001}", "[b-a]", "\\p{Nosuch}", "(?i:A)b", "a\\Z", "\\h",
    "[\\d-]+", "[]a]", "[^]a]", "\\u0041", "\\07", "$^", "a$|^b", "(?U)a+", "[a&&b]",
]
OPTIONS = ["i", "c", "s", "m", "n", "p", "l", "g", "is", "im", "x", "", "ic", "in"]

# What other dialects read differently.
MORE = [
    "\\_", "a{,3}", "[[:foo:]]", "[[a]", "a{2}{3}", "(?i)*", "a(?i)*", "(a{1000}){2}", "\\x", "\\xg", "\\x{}", "(?)a", "(?i-)a", "(?P<1a>x)", "(?P<a b>x)", "\\E", "a{01}", "^*", "(*)", "(?:)*", "(|a)*c", "\\p{^Lu}", "\\p{greek}", "\\pZ", "[a-\\d]", "\\é", "[\\b]", "\\400", "a{1,", "{", "a{", "|*", "a|*", "(?s-i:A.b)", "\\Q", "\\Qa.", "\\Qab\\E*c",
    "[[:word:]]", "[\\Qa\\E]", "[[.a.]]", "[[:]", "\\<", "\\-", "\\ ", "[]", "[^]", "x{0}", "\\08", "\\18", "\\p{L&}", "\\p{Latin}$", "\\p", "\\p{", "(?P<a", "(?P=a)", "(?m-s)^[l-n]", "[a-b-c]", "a{1001,}", "a{0,1001}", "(?i)\\w$", "(?i)^\\W$", "(?i)[[:lower:]]", "(?i)\\p{Lu}$", "(?i)[^k]", "(?i)^[^\\W]$", "(?x)a b", "(?i)a(?-i)B", "(?i:a|(?-i)b)C", "a|(?i)B|C", "[\\w&&a]", "[a--b]", "[^\\D]", "[^\\n]$", "\\v", "\\f", "\\a", "\\0", "\\x{110000}",
]
REPLACEMENTS = [("a", "b"), ("b", "<\\0>"), ("(\\w+)=(\\w+)", "\\2=\\1"), ("", "-"), ("x*", "-"), ("\\b", "|"), ("^", ">"), ("$", "<"), ("[aeiou]", ""), ("\\s+", " "), ("(a)|(b)", "[\\1\\2]"), ("a", "\\\\"), ("a", "\\1"), ("a", "\\"), ("a", "\\x"), ("a", "$0"), (".", "\\0\\0"), ("[^a-z]", "_"), ("\\B", "."), ("(.)(.)", "\\2\\1"), ("a*?", "x")]


def exact():
    for p in PATTERNS:
        yield from (
            f"regexp_matches(s, '{p}')", f"regexp_full_match(s, '{p}')", f"s SIMILAR TO '{p}'",
            f"regexp_extract(s, '{p}')",
        )
    for p, o in itertools.product(["abc", "^line2$", "a.b", "hello", "a\\.b|K", "S"], OPTIONS):
        yield f"regexp_matches(s, '{p}', '{o}')"
    for p, o in itertools.product(["ABC", "a.b", "1$"], OPTIONS[:9]):
        yield from (f"regexp_full_match(s, '{p}', '{o}')", f"regexp_extract(s, '{p}', 0, '{o}')")
    for p in (
        "(\\d+)-(\\d+)-(\\d+)", "(\\w+)=(\\w+)", "(a)(b)?(c)?", "(a*)*", "(a|ab)(c|bcd)?", "([^@]+)@(.*)",
        "(?P<year>\\d{4})-(?P<month>\\d\\d)", "^(\\d{1,3}\\.){3}", "(.)(.)", "((a)(b))c", "x|(y)",
        "(\\S+)\\s*", "a(?:b)(c)",
    ):
        yield from (f"regexp_extract(s, '{p}', {g})" for g in (0, 1, 2, 3))
    yield from (
        "regexp_extract(s, 'a', 1)", "regexp_extract(s, '(a)', 2)", "regexp_extract(s, '(a)', -1)",
        "regexp_extract(s, '(a)', 10)", "regexp_extract(s, '(a)', NULL)", "regexp_extract(s, NULL)",
        "regexp_extract(NULL, 'a')", "regexp_extract(s, '(a)', n)", "regexp_extract(s, 'A', 0, 'i')",
        "regexp_extract(s, '(b.)', 1, 's')", "regexp_matches(s, NULL)", "regexp_matches(NULL, 'a')",
        "regexp_full_match(s, NULL)", "regexp_full_match(NULL, 'a')", "regexp_matches(s, 'a', NULL)",
        "regexp_matches(s)", "regexp_matches(n, '1')", "regexp_matches(s, 1)", "regexp_matches(s, 'a', 'q')",
        "regexp_matches(s, 'a', t)", "s SIMILAR TO NULL", "NULL SIMILAR TO 'a'", "n SIMILAR TO '1'",
        "s NOT SIMILAR TO 'a.*'", "NOT s SIMILAR TO 'a.*'", "s SIMILAR TO 'a%'", "s SIMILAR TO 'a_c'",
        "s SIMILAR TO '(a|b)%'", "s SIMILAR TO 'a.*' AND s <> 'a'", "s NOT SIMILAR TO NULL",
        "s SIMILAR TO 'a' ESCAPE '!'", "s ~ 'a.*'", "s !~ 'a.*'", "s ~* 'A'", "s ~ 'abc'", "s !~ 'abc'",
        "regexp_matches(upper(s), 'ABC')", "regexp_matches(s || 'z', 'z$')",
        "CASE WHEN regexp_matches(s, '^\\d') THEN 'digit' ELSE 'other' END",
        "length(regexp_extract(s, '\\w+'))", "CAST(nullif(regexp_extract(s, '\\d+'), '') AS INTEGER)",
        "regexp_matches('abc', 'b')", "regexp_extract('abc', 'b.')", "regexp_full_match('abc', 'b')",
        "regexp_matches(s, 'a' || 'b')", "regexp_matches(s, '^(?:a|b|c|d|e|f){3}$')",
        "regexp_matches(s, '(\\d{1,3}\\.){3}\\d{1,3}')", "regexp_matches(s, '^(a?){5}a{3}$')",
        "regexp_extract(s, '(?i)(WORLD)', 1)", "regexp_extract(s, '.*')", "regexp_extract(s, '.*?')",
        "regexp_extract(s, '^.*$')", "regexp_extract(s, '(?s)^.*$')", "regexp_extract(s, '[a-c]+?')",
        "regexp_extract(s, 'o|oo|W')", "regexp_extract(s, 'a|ab|abc')", "regexp_extract(s, '(?:a|ab|abc)$')",
    )

    yield from (f"regexp_matches(s, '{p}')" for p in MORE)
    for (p, new), o in itertools.product(REPLACEMENTS, ["", ", 'g'", ", 'gi'"]):
        yield f"regexp_replace(s, '{p}', '{new}'{o})"
    yield from ("regexp_replace(NULL, 'a', 'b')", "regexp_replace(s, 'a', NULL)", "regexp_replace(s, 'a', t)", "regexp_replace(s, 'a', 'b', 'q')", "regexp_extract(s, 'ABC', 'i')", "regexp_extract(s, 'a', 'q')", "regexp_extract(s, '(a)', '1')", "s !~* 'A'", "s ~ 'a' = true", "'ab' ~ '.*' AND true", "regexp_matches(s, 'a.b', ' s ')")

def approximate():
    return ()
