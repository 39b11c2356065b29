//! A format as bytes of a plan: runs of text, and places of values.

/// A part of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text as it is.
    Text(&'a [u8]),
    /// A value.
    Value(Spec),
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    /// Which value, from 0.
    pub(super) argument: u8,
    pub(super) align: Align,
    /// What stands before a number that is not negative: `+`, a space or nothing (0).
    pub(super) sign: u8,
    /// `#`: with `0x`, or with a point whatever follows.
    pub(super) alternate: bool,
    /// Of PRINTF, whose rules for the types of values are others.
    pub(super) printf: bool,
    /// What widens a value to its width.
    pub(super) fill: u8,
    /// `d`, `x`, `f`, ...; 0 if it follows from the value.
    pub(super) kind: u8,
    /// What stands between thousands; 0 for nothing.
    pub(super) separator: u8,
    pub(super) precision: Option<u8>,
    /// Least characters.
    pub(super) width: u16,
}

/// Where a value stands in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Numbers on the right, texts on the left.
    Default,
    Left,
    Right,
    Center,
    /// The fill comes between the sign and the digits.
    Numeric,
}

const ALIGNS: [Align; 5] =
    [Align::Default, Align::Left, Align::Right, Align::Center, Align::Numeric];

const TEXT: u8 = 0;
const VALUE: u8 = 1;
const NO_PRECISION: u8 = u8::MAX;
/// Least and most precision is 0 and [`crate::fmt::digits::MOST_PLACES`].
const MOST_PRECISION: u8 = crate::fmt::digits::MOST_PLACES;

/// The first piece and the bytes behind it; `None` if there is none.
fn split(bytes: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    match bytes {
        [TEXT, len, rest @ ..] => {
            let (text, rest) = rest.split_at_checked(usize::from(*len))?;
            Some((Piece::Text(text), rest))
        }
        &[
            VALUE,
            argument,
            align,
            sign @ (0 | b'+' | b' '),
            alternate @ 0..=1,
            printf @ 0..=1,
            fill,
            kind,
            separator,
            precision @ (0..=MOST_PRECISION | NO_PRECISION),
            low,
            high,
            ref rest @ ..,
        ] => {
            let spec = Spec {
                argument,
                align: *ALIGNS.get(usize::from(align))?,
                sign,
                alternate: alternate == 1,
                printf: printf == 1,
                fill,
                kind,
                separator,
                precision: (precision != NO_PRECISION).then_some(precision),
                width: u16::from_le_bytes([low, high]),
            };
            let ascii = [fill, kind, separator].iter().all(u8::is_ascii);
            ascii.then_some((Piece::Value(spec), rest))
        }
        _ => None,
    }
}

/// The pieces of a format.
pub(super) fn pieces(mut bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    core::iter::from_fn(move || {
        let (piece, rest) = split(bytes)?;
        bytes = rest;
        Some(piece)
    })
}

/// Whether bytes are pieces and nothing else.
pub(super) fn check(mut bytes: &[u8]) -> bool {
    while let Some((_, rest)) = split(bytes) {
        bytes = rest;
    }
    bytes.is_empty()
}

#[cfg(feature = "sql")]
impl Piece<'_> {
    /// Appends the piece to the bytes of a format.
    pub(super) fn encode(self, bytes: &mut alloc::vec::Vec<u8>) {
        match self {
            Self::Text(text) => {
                for run in text.chunks(u8::MAX.into()) {
                    // Its length is at most that of a chunk.
                    bytes.extend([TEXT, run.len() as u8]);
                    bytes.extend(run);
                }
            }
            Self::Value(spec) => {
                let align = ALIGNS.iter().position(|align| *align == spec.align).unwrap_or(0);
                let [low, high] = spec.width.to_le_bytes();
                bytes.extend([
                    VALUE,
                    spec.argument,
                    align as u8,
                    spec.sign,
                    spec.alternate.into(),
                    spec.printf.into(),
                    spec.fill,
                    spec.kind,
                    spec.separator,
                    spec.precision.unwrap_or(NO_PRECISION),
                    low,
                    high,
                ]);
            }
        }
    }
}
