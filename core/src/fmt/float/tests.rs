use std::format;
use std::string::String;

use super::*;

/// How many random numbers; more of them and another seed can be given as `RINGQL_NUMBERS` and
/// `RINGQL_SEED`.
const NUMBERS: u64 = 20_000;

fn given(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn written(value: impl TextForm) -> String {
    let mut out = String::new();
    value.write(&mut out).unwrap();
    out
}

fn cast(value: impl TextForm) -> String {
    let mut out = String::new();
    value.write_cast(&mut out).unwrap();
    out
}

/// Core's text with an exponent as C has it.
fn as_in_c(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.into() };
    let exponent: i32 = exponent.parse().unwrap();
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// Core's parse, its NaN without a sign.
macro_rules! agree {
    ($t:ident, $text:expr) => {{
        let text: &str = $text;
        let expected = text.trim().parse::<$t>().ok();
        let expected = expected.map(|v| if v.is_nan() { $t::NAN.to_bits() } else { v.to_bits() });
        assert_eq!($t::parse(text.as_bytes()).ok().map($t::to_bits), expected, "{text}");
    }};
}

fn reads_as_core(text: &str) {
    agree!(f32, text);
    agree!(f64, text);
}

/// Core's shortest text. Where two of them are as near, core takes the higher one and we take the
/// even one, as DuckDB 2.0 does for DOUBLE: core's text with a given number of digits does so too.
macro_rules! shortest {
    ($value:expr) => {{
        let text = format!("{:?}", $value);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, ""));
        let even = match mantissa.split_once('.') {
            Some((_, fraction)) if exponent != "" => format!("{:.*e}", fraction.len(), $value),
            Some((_, fraction)) if fraction != "0" => format!("{:.*}", fraction.len(), $value),
            _ => text.clone(),
        };
        if even.parse() == Ok($value) { even } else { text }
    }};
}

fn writes_as_core(bits: u64) {
    let (double, single) = (f64::from_bits(bits), f32::from_bits(bits as u32));
    for (expected, written, cast) in [
        (shortest!(double), written(double), cast(double)),
        (shortest!(single), written(single), cast(single)),
    ] {
        if expected == "NaN" {
            assert_eq!([&*written, &*cast], ["nan", "nan"]);
        } else {
            assert_eq!([&written, &cast], [&expected, &as_in_c(&expected)]);
            reads_as_core(&written);
            reads_as_core(&cast);
        }
    }
}

#[test]
fn two_shortest_texts() {
    // `CAST(x AS VARCHAR)` in DuckDB 2.0.
    for (quarters, expected) in [
        (4_503_599_627_370_497u64, "1125899906842624.2"),
        (4_503_599_627_370_499, "1125899906842624.8"),
        (4_503_599_627_370_501, "1125899906842625.2"),
    ] {
        assert_eq!(written(quarters as f64 / 4.0), expected);
    }
}

#[test]
fn edges() {
    for bits in (0..=2_046).flat_map(|e: u64| [(e << 52).wrapping_sub(1), e << 52, (e << 52) + 1]) {
        writes_as_core(bits);
        writes_as_core(bits | 1 << 63);
        writes_as_core(bits >> 29);
        writes_as_core(bits >> 29 | 1 << 31);
    }
    for value in [1e-4, 9.999e-5, 1e16, 9.999e15, 123456789.0, 1.5e15, 0.0, -0.0] {
        writes_as_core(f64::to_bits(value));
        writes_as_core((value as f32).to_bits().into());
    }
    for text in [
        "",
        " ",
        ".",
        "-",
        "+",
        "e1",
        ".e1",
        "1e",
        "1e+",
        "1e 1",
        "1_0",
        "0x1p3",
        "1..2",
        "1.2.3",
        "1e1.5",
        "--1",
        "+-1",
        "1f",
        "nan1",
        "in",
        "infinit",
        "infinityy",
        "1 2",
        "1,5",
        "١",
        "1.",
        ".5",
        "-.5",
        "+1.e1",
        "-0",
        "0e999999999999",
        "1e999999999999",
        "1e-999999999999",
        "-1e400",
        "-1e-400",
        "inf",
        "+Infinity",
        "-iNf",
        "nan",
        "-NaN",
        "00012.500",
        "0.00e0",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "9007199254740993",
        "9007199254740991.5",
        "9007199254740992.5",
        "3.4028235677973366e38",
        "3.4028235677973367e38",
        "7.006492321624085e-46",
        "7.006492321624086e-46",
        "16777217",
        "16777217.0000000000000000000000000000000000001",
        // Known for being hard: from PHP's and Java's endless loops, and from Clinger's and
        // Gay's papers.
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "6.631236846766476e-316",
        "5e-324",
        "1e23",
        "8.5e22",
        "4.35",
        "1.448997445238699",
        "104110013277974872254e-225",
    ] {
        reads_as_core(text);
        reads_as_core(&format!(" {text} "));
    }
}

/// The digits of `value` times `base` to the power of `power`.
fn digits(value: u64, base: u64, power: i32) -> String {
    const LIMB: u64 = 1_000_000_000;
    let mut limbs = std::vec![value % LIMB, value / LIMB % LIMB, value / LIMB / LIMB];
    for _ in 0..power {
        let mut carry = 0;
        for limb in &mut limbs {
            carry += *limb * base;
            *limb = carry % LIMB;
            carry /= LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let text: String = limbs.iter().rev().map(|limb| format!("{limb:09}")).collect();
    text.trim_start_matches('0').into()
}

/// Half-way between two floats, and a little beside it on both sides.
fn half_way(significand: u64, exponent: i32) {
    let (base, power) = if exponent < 0 { (5, exponent) } else { (2, 0) };
    let text = digits(2 * significand + 1, base, (exponent - 1).abs());
    let power = if power < 0 { exponent - 1 } else { 0 };
    let (start, last) = text.split_at(text.len() - 1);
    let last: u8 = last.parse().unwrap();
    let Some(less) = last.checked_sub(1) else { return };
    for (last, tail) in [(last, "0"), (last, "00000000000000000000000001"), (less, "9999999999")] {
        reads_as_core(&format!("{start}{last}.{tail}e{power}"));
        reads_as_core(&format!("{start}{last}{tail}e{}", power - tail.len() as i32));
    }
    reads_as_core(&format!("0.{text}{}1e{}", "0".repeat(800), power + text.len() as i32));
}

#[test]
fn half_ways() {
    let mut random = Random(given("RINGQL_SEED", 1));
    for number in 0..given("RINGQL_NUMBERS", NUMBERS) / 40 {
        let (bits, bits32) = match number {
            0 => (0, 0),
            1 => (1, 1),
            2 => (f64::MAX.to_bits(), f32::MAX.to_bits()),
            3 => (f64::MIN_POSITIVE.to_bits() - 1, f32::MIN_POSITIVE.to_bits() - 1),
            // Integers of 16 to 19 digits are the likeliest.
            4..100 => ((1_075 + random.below(12)) << 52 | random.next() >> 12, 0),
            _ => (random.below(f64::MAX.to_bits()), random.below(0x7f80_0000) as u32),
        };
        let (field, rest) = (bits >> 52, bits & ((1 << 52) - 1));
        half_way(rest + (u64::from(field > 0) << 52), field.max(1) as i32 - 1_075);
        let (field, rest) = (bits32 >> 23, u64::from(bits32 & ((1 << 23) - 1)));
        half_way(rest + (u64::from(field > 0) << 23), field.max(1) as i32 - 150);
    }
}

#[test]
fn random_floats() {
    let mut random = Random(given("RINGQL_SEED", 1));
    for _ in 0..given("RINGQL_NUMBERS", NUMBERS) {
        writes_as_core(random.next());
        // What a sensor says.
        let small = random.below(1 << 32) as f64 / [1e1, 1e2, 1e3, 1e6][random.below(4) as usize];
        writes_as_core(small.to_bits());
        writes_as_core((small as f32).to_bits().into());
    }
}

#[test]
fn random_texts() {
    let mut random = Random(given("RINGQL_SEED", 1));
    for _ in 0..given("RINGQL_NUMBERS", NUMBERS) {
        let digits = random.next();
        let more = random.next();
        let exponent = random.below(720) as i32 - 360;
        match random.below(5) {
            0 => reads_as_core(&format!("{digits}e{exponent}")),
            1 => reads_as_core(&format!("{}.{digits}E{exponent}", more % 10)),
            2 => reads_as_core(&format!("-{}.{digits:020}{more}e{exponent}", more % 1000)),
            3 => reads_as_core(&format!("{}e{}", digits >> 40, exponent / 8)),
            _ => reads_as_core(&format!("+{}e{}", digits >> (more % 60), exponent / 10)),
        }
    }
}
