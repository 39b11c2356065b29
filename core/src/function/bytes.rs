//! Bytes, and texts that stand for them.

use super::Param::{Bytes, Is, Text};
use super::rows::{Outcome, TextWriter};
use super::{Function, Invocation, Returns, Shape, rows};
use crate::counters::Failure;
use crate::error::RunError;
use crate::types::DataType::{BigInt, UBigInt};

/// Functions of bytes.
pub const BYTES: &[Function] = &[
    Function::new("hex", &[Text], Returns::Text(twice), hex)
        .alias(&["to_hex"])
        .doc("The bytes of a text as upper case hexadecimal digits.", "hex('RingQL')"),
    Function::new("hex", &[Bytes], Returns::Text(twice), hex)
        .alias(&["to_hex"])
        .doc("Bytes as upper case hexadecimal digits.", "hex(encode('RingQL'))"),
    Function::new("hex", &[Is(BigInt)], Returns::Text(|_| 16), |call| {
        rows::texts(call, |(x,): (i64,), out| hex_number(x.cast_unsigned(), out))
    })
    .alias(&["to_hex"])
    .doc("An integer in hexadecimal, a negative one in two's complement of 64 bits.", "hex(255)"),
    Function::new("hex", &[Is(UBigInt)], Returns::Text(|_| 16), |call| {
        rows::texts(call, |(x,): (u64,), out| hex_number(x, out))
    })
    .alias(&["to_hex"])
    .doc("An integer in hexadecimal.", "hex(18446744073709551615)"),
    Function::new("unhex", &[Text], Returns::Bytes(half), unhex)
        .fails(Failure::Cast)
        .alias(&["from_hex"])
        .doc(
            "The bytes that hexadecimal digits stand for; of an odd number of digits the first has \
             a byte for itself. Fails at anything else.",
            "unhex('52696E67')",
        ),
    Function::new("to_base64", &[Bytes], Returns::Text(base64_len), |call| {
        rows::texts(call, |(bytes,): (&[u8],), out| to_base64(bytes, out))
    })
    .alias(&["base64"])
    .doc("Bytes in base64 (RFC 4648, with padding).", "to_base64(encode('RingQL'))"),
    Function::new("from_base64", &[Text], Returns::Bytes(|shapes| len(shapes) / 4 * 3), |call| {
        rows::texts(call, |(text,): (&[u8],), out| from_base64(text, out).into())
    })
    .fails(Failure::Cast)
    .doc("The bytes that a base64 text with padding stands for.", "from_base64('UmluZ1FM')"),
    Function::new("encode", &[Text], Returns::Bytes(len), same)
        .doc("A text's bytes in UTF-8.", "encode('Ring')"),
    Function::new("decode", &[Bytes], Returns::Text(len), |call| {
        rows::texts(call, |(bytes,): (&[u8],), out| match core::str::from_utf8(bytes) {
            Ok(text) => {
                out.push(text.as_bytes());
                Outcome::Value(())
            }
            Err(_) => Outcome::Failed,
        })
    })
    .fails(Failure::Cast)
    .doc("The text whose bytes these are; fails where they are no UTF-8.", "decode(unhex('52'))"),
    Function::new("octet_length", &[Bytes], Returns::Is(BigInt), |call| {
        rows::map(call, |(bytes,): (&[u8],)| bytes.len() as i64)
    })
    .doc("How many bytes there are.", "octet_length(unhex('00FF'))"),
    Function::new("||", &[Bytes, Bytes], Returns::Bytes(both), |call| {
        rows::texts(call, |(a, b): (&[u8], &[u8]), out| {
            out.push(a);
            out.push(b);
            Outcome::Value(())
        })
    })
    .doc("Bytes one after another.", "unhex('52') || unhex('51')"),
    Function::new("repeat", &[Bytes, Is(BigInt)], Returns::Bytes(times), |call| {
        rows::texts(call, |(bytes, n): (&[u8], i64), out| {
            // Each turn writes something, so that the room ends what n does not.
            let n = if bytes.is_empty() { 0 } else { n };
            for _ in 0..n {
                if out.is_full() {
                    break;
                }
                out.push(bytes);
            }
            Outcome::Value(())
        })
    })
    .doc("Bytes n times; none if n is not positive.", "repeat(unhex('00FF'), 2)"),
];

/// Most bytes of the first argument.
fn len(shapes: &[Shape]) -> u32 {
    shapes.first().map_or(0, |shape| shape.len())
}

fn twice(shapes: &[Shape]) -> u32 {
    len(shapes).saturating_mul(2)
}

fn half(shapes: &[Shape]) -> u32 {
    len(shapes).div_ceil(2)
}

fn base64_len(shapes: &[Shape]) -> u32 {
    len(shapes).div_ceil(3).saturating_mul(4)
}

/// The length times the second argument, if that is known.
fn times(shapes: &[Shape]) -> u32 {
    let times = shapes.get(1).and_then(|n| n.value);
    times.map_or(Returns::UNBOUNDED, |n| {
        len(shapes).saturating_mul(u32::try_from(n.max(0)).unwrap_or(u32::MAX))
    })
}

fn both(shapes: &[Shape]) -> u32 {
    shapes.iter().map(|shape| shape.len()).fold(0, u32::saturating_add)
}

fn same(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(bytes,): (&[u8],), out| {
        out.push(bytes);
        Outcome::Value(())
    })
}

/// The upper case digit of the four lowest bits.
const fn digit(four: u8) -> u8 {
    match four & 15 {
        low @ 0..10 => b'0' + low,
        high => b'A' - 10 + high,
    }
}

fn hex(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(bytes,): (&[u8],), out| {
        for byte in bytes {
            out.push(&[digit(byte >> 4), digit(*byte)]);
        }
        Outcome::Value(())
    })
}

fn hex_number(x: u64, out: &mut TextWriter<'_>) -> Outcome<()> {
    let digits = (64 - x.leading_zeros()).div_ceil(4).max(1);
    for at in (0..digits).rev() {
        out.push(&[digit((x >> (4 * at)) as u8)]);
    }
    Outcome::Value(())
}

fn unhex(call: &mut Invocation<'_>) -> Result<(), RunError> {
    fn value(digit: u8) -> Option<u8> {
        char::from(digit).to_digit(16).map(|value| value as u8)
    }
    fn bytes(digits: &[u8], out: &mut TextWriter<'_>) -> Option<()> {
        let (alone, pairs) = digits.as_rchunks::<2>();
        for digit in alone {
            out.push(&[value(*digit)?]);
        }
        for [high, low] in pairs {
            out.push(&[value(*high)? << 4 | value(*low)?]);
        }
        Some(())
    }
    rows::texts(call, |(digits,): (&[u8],), out| bytes(digits, out).into())
}

/// The digit of the six lowest bits.
const fn base64_digit(six: u32) -> u8 {
    match six as u8 & 63 {
        upper @ 0..26 => b'A' + upper,
        lower @ 26..52 => b'a' - 26 + lower,
        number @ 52..62 => number - 52 + b'0',
        62 => b'+',
        _ => b'/',
    }
}

const fn base64_value(digit: u8) -> Option<u32> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

fn to_base64(bytes: &[u8], out: &mut TextWriter<'_>) -> Outcome<()> {
    let four = |a: u8, b: u8, c: u8| {
        let bits = u32::from_be_bytes([0, a, b, c]);
        [bits >> 18, bits >> 12, bits >> 6, bits].map(base64_digit)
    };
    let (threes, rest) = bytes.as_chunks::<3>();
    for [a, b, c] in threes {
        out.push(&four(*a, *b, *c));
    }
    match (rest, four(rest.first().copied().unwrap_or(0), rest.get(1).copied().unwrap_or(0), 0)) {
        ([_], [a, b, ..]) => out.push(&[a, b, b'=', b'=']),
        ([_, _], [a, b, c, _]) => out.push(&[a, b, c, b'=']),
        _ => {}
    }
    Outcome::Value(())
}

/// `None` if the text is no base64.
fn from_base64(text: &[u8], out: &mut TextWriter<'_>) -> Option<()> {
    let (fours, rest) = text.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let (last, fours) = match fours.split_last() {
        Some((last, fours)) => (*last, fours),
        None => return Some(()),
    };
    let bytes = |[a, b, c, d]: [u8; 4]| -> Option<[u8; 3]> {
        let first = base64_value(a)? << 18 | base64_value(b)? << 12;
        let [_, bytes @ ..] = (first | base64_value(c)? << 6 | base64_value(d)?).to_be_bytes();
        Some(bytes)
    };
    for four in fours {
        out.push(&bytes(*four)?);
    }
    let (digits, len) = match last {
        [a, b, b'=', b'='] => ([a, b, b'A', b'A'], 1),
        [a, b, c, b'='] => ([a, b, c, b'A'], 2),
        all => (all, 3),
    };
    out.push(bytes(digits)?.get(..len)?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn written(f: impl FnOnce(&mut TextWriter<'_>) -> Outcome<()>) -> Option<Vec<u8>> {
        let mut room = [0; 64];
        let mut out = TextWriter::new(&mut room);
        let outcome = f(&mut out);
        (outcome == Outcome::Value(())).then(|| out.written().to_vec())
    }

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(written(|out| to_base64(bytes.as_bytes(), out)).unwrap(), text.as_bytes());
            let back = written(|out| from_base64(text.as_bytes(), out).into());
            assert_eq!(back.unwrap(), bytes.as_bytes());
        }
        for text in ["Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9v!mFy", "Zm 9"] {
            assert_eq!(written(|out| from_base64(text.as_bytes(), out).into()), None, "{text}");
        }
    }
}
