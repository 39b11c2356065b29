//! A value written as a format says; `None` if it is not of the type that the format names.

use super::spec::{Align, Spec};
use super::value::Value;
use crate::fmt::TextForm;
use crate::fmt::digits::{fixed, scientific};
use crate::function::rows::TextWriter;
use crate::function::text::chars;

/// A number without its sign. The longest is `f64::MAX` with 102 separators and 60 places.
type Body = heapless::Vec<u8, 480>;

pub(super) fn value(out: &mut TextWriter<'_>, spec: &Spec, value: Value<'_>) -> Option<()> {
    match value {
        Value::Text(text) => words(out, spec, text),
        Value::Bool(value) if matches!(spec.kind, 0) || spec.printf && spec.kind == b's' => {
            let text: &[u8] = if value { b"true" } else { b"false" };
            padded(out, spec, Align::Left, b"", text)
        }
        Value::Bool(value) => integer(out, spec, false, value.into(), false),
        Value::Signed(value)
            if value < 0 && spec.printf && matches!(spec.kind, b'x' | b'X' | b'o' | b'u') =>
        {
            integer(out, spec, false, value.cast_unsigned(), true)
        }
        Value::Signed(value) => integer(out, spec, value < 0, value.unsigned_abs(), true),
        Value::Unsigned(value) => integer(out, spec, false, value, false),
        Value::Float(value) => float(out, spec, value),
    }
}

fn words(out: &mut TextWriter<'_>, spec: &Spec, text: &[u8]) -> Option<()> {
    let numeric = spec.align == Align::Numeric || spec.sign != 0 || spec.alternate;
    if !matches!(spec.kind, 0 | b's') || numeric && !spec.printf {
        return None;
    }
    let most = spec.precision.map_or(usize::MAX, usize::from);
    let text = text.get(..chars::offset(text, most))?;
    padded(out, spec, Align::Left, b"", text)
}

fn integer(
    out: &mut TextWriter<'_>,
    spec: &Spec,
    negative: bool,
    magnitude: u64,
    signed: bool,
) -> Option<()> {
    let decimal = spec.separator != 0;
    let (radix, prefix): (u64, &[u8]) = match spec.kind {
        0 | b'd' | b'i' | b'u' | b'n' | b'L' => (10, b""),
        b'x' | b'X' | b'o' | b'b' | b'B' if decimal => (10, b""),
        b'x' => (16, b"0x"),
        b'X' => (16, b"0X"),
        b'b' => (2, b"0b"),
        b'B' => (2, b"0B"),
        b'o' => (8, if magnitude == 0 { b"" } else { b"0" }),
        _ => return None,
    };
    if !spec.printf && (spec.precision.is_some() || spec.sign != 0 && !signed) {
        return None;
    }
    let mut reversed = Body::new();
    let mut left = magnitude;
    while left > 0 || reversed.is_empty() {
        // It is below 16.
        let digit = left.checked_rem(radix)? as u8;
        let letter = if spec.kind == b'X' { b'A' } else { b'a' };
        reversed.push(if digit < 10 { b'0' + digit } else { letter + digit - 10 }).ok()?;
        left = left.checked_div(radix)?;
    }
    for _ in reversed.len()..spec.precision.unwrap_or(0).into() {
        reversed.push(b'0').ok()?;
    }
    reversed.reverse();
    let mut body = Body::new();
    grouped(&mut body, &reversed, spec.separator)?;
    let mut head = heapless::Vec::<u8, 3>::new();
    sign(&mut head, spec, negative)?;
    // C writes no prefix of 0.
    if spec.alternate && !(spec.printf && magnitude == 0) {
        head.extend_from_slice(prefix).ok()?;
    }
    padded(out, spec, Align::Right, &head, &body)
}

fn sign(head: &mut heapless::Vec<u8, 3>, spec: &Spec, negative: bool) -> Option<()> {
    match (negative, spec.sign) {
        (true, _) => head.push(b'-').ok(),
        (false, 0) => Some(()),
        (false, sign) => head.push(sign).ok(),
    }
}

/// Digits with a separator before every three but the first.
fn grouped(body: &mut Body, digits: &[u8], separator: u8) -> Option<()> {
    for (at, digit) in digits.iter().enumerate() {
        let behind = digits.len().saturating_sub(at);
        if separator != 0 && at > 0 && behind % 3 == 0 {
            body.push(separator).ok()?;
        }
        body.push(*digit).ok()?;
    }
    Some(())
}

fn float(out: &mut TextWriter<'_>, spec: &Spec, x: f64) -> Option<()> {
    if spec.alternate {
        return None;
    }
    let (kind, big) = match spec.kind {
        0 => (0, false),
        b'e' | b'f' | b'g' => (spec.kind, false),
        b'E' | b'F' | b'G' => (spec.kind.to_ascii_lowercase(), true),
        _ => return None,
    };
    let mut head = heapless::Vec::<u8, 3>::new();
    sign(&mut head, spec, x.is_sign_negative() && !x.is_nan())?;
    if !x.is_finite() {
        let text: &[u8] = match (x.is_nan(), big) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        let default = if spec.printf { Align::Right } else { Align::Left };
        let align = if spec.align == Align::Numeric { Align::Left } else { spec.align };
        return padded(out, &Spec { align, ..*spec }, default, &head, text);
    }
    let mut body = Body::new();
    match (kind, spec.precision) {
        (0, None) => shortest(&mut body, spec, x)?,
        (b'f', places) => {
            let places = places.unwrap_or(6);
            let digits = fixed(x, places);
            let point = digits.len().checked_sub(places.into())?;
            pointed(&mut body, spec, digits.split_at_checked(point)?)?;
        }
        (b'e', places) => {
            let (digits, exponent) = scientific(x, places.unwrap_or(6));
            pointed(&mut body, spec, digits.split_at_checked(1)?)?;
            power(&mut body, exponent, big)?;
        }
        (_, precision) => general(&mut body, spec, x, precision.unwrap_or(6).max(1), big)?,
    }
    padded(out, spec, Align::Right, &head, &body)
}

/// The shortest text that reads back to the same value.
fn shortest(body: &mut Body, spec: &Spec, x: f64) -> Option<()> {
    let mut text = heapless::String::<32>::new();
    x.abs().write_cast(&mut text).ok()?;
    let text = text.as_bytes();
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, rest) = text.split_at_checked(whole)?;
    grouped(body, whole, spec.separator)?;
    body.extend_from_slice(rest).ok()
}

/// `whole.fraction`
fn pointed(body: &mut Body, spec: &Spec, (whole, fraction): (&[u8], &[u8])) -> Option<()> {
    grouped(body, whole, spec.separator)?;
    if !fraction.is_empty() {
        body.push(b'.').ok()?;
    }
    body.extend_from_slice(fraction).ok()
}

/// The exponent, with a sign and at least two digits.
fn power(body: &mut Body, exponent: i32, big: bool) -> Option<()> {
    let size = exponent.unsigned_abs();
    let digit = |power: u32| b'0' + (size / power % 10) as u8;
    body.push(if big { b'E' } else { b'e' }).ok()?;
    body.push(if exponent < 0 { b'-' } else { b'+' }).ok()?;
    if size > 99 {
        body.push(digit(100)).ok()?;
    }
    body.extend_from_slice(&[digit(10), digit(1)]).ok()
}

/// `%g`: so many digits, without an exponent where that is short, and without zeros at the end.
fn general(body: &mut Body, spec: &Spec, x: f64, precision: u8, big: bool) -> Option<()> {
    let (digits, exponent) = scientific(x, precision.saturating_sub(1));
    let mut digits = digits;
    // {fmt} keeps them without a type, but not below 1.
    let fixed = (-4..i32::from(precision)).contains(&exponent);
    let kept = spec.kind == 0 && !(fixed && exponent < 0);
    while !kept && digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    if !fixed {
        pointed(body, spec, digits.split_at_checked(1)?)?;
        return power(body, exponent, big);
    }
    let zeros = usize::try_from(exponent.saturating_neg()).unwrap_or(0);
    for _ in 0..zeros {
        digits.insert(0, b'0').ok()?;
    }
    let whole = usize::try_from(exponent).unwrap_or(0).saturating_add(1);
    while digits.len() < whole {
        digits.push(b'0').ok()?;
    }
    pointed(body, spec, digits.split_at_checked(whole)?)
}

/// Writes a value's sign or prefix and its body in the width.
fn padded(
    out: &mut TextWriter<'_>,
    spec: &Spec,
    default: Align,
    head: &[u8],
    body: &[u8],
) -> Option<()> {
    let own = chars::count(head).saturating_add(chars::count(body));
    let missing = usize::from(spec.width).saturating_sub(own);
    let align = match spec.align {
        Align::Default if spec.printf => Align::Right,
        Align::Default => default,
        align => align,
    };
    let (before, between, after) = match align {
        Align::Left => (0, 0, missing),
        Align::Center => (missing / 2, 0, missing.saturating_sub(missing / 2)),
        Align::Numeric => (0, missing, 0),
        Align::Right | Align::Default => (missing, 0, 0),
    };
    let mut fill = |count: usize| (0..count).for_each(|_| out.push(&[spec.fill]));
    fill(before);
    out.push(head);
    let mut fill = |count: usize| (0..count).for_each(|_| out.push(&[spec.fill]));
    fill(between);
    out.push(body);
    let mut fill = |count: usize| (0..count).for_each(|_| out.push(&[spec.fill]));
    fill(after);
    Some(())
}
