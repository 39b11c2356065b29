//! Functions of texts, one kind a file.
//!
//! A text is bytes that are UTF-8, unless a producer wrote something else. So kernels go over
//! bytes: a character is a byte and the bytes `0x80..=0xbf` behind it (`chars.rs`), which is the same
//! for UTF-8 and loses nothing of anything else.

mod case;
mod chars;
mod code;
mod concat;
mod format;
mod length;
mod like;
mod pad;
mod part;
mod pattern;
mod replace;
mod search;
mod trim;

pub use case::CASE;
pub use code::CODE;
pub use concat::CONCAT;
pub use format::FORMAT;
pub use length::LENGTH;
pub use like::LIKE;
pub use pad::PAD;
pub use part::PART;
pub use replace::REPLACE;
pub use search::SEARCH;
pub use trim::TRIM;

use crate::plan::signature::Shape;

/// As long as the first argument.
fn as_first(shapes: &[Shape]) -> u32 {
    len_of(shapes, 0)
}

/// Most bytes of argument `at`.
fn len_of(shapes: &[Shape], at: usize) -> u32 {
    shapes.get(at).map_or(0, |shape| shape.len())
}

/// Argument `at`, a number of something, if it is constant; one below 0 counts as 0.
fn count_of(shapes: &[Shape], at: usize) -> Option<u32> {
    let value = shapes.get(at)?.value?.max(0);
    Some(u32::try_from(value).unwrap_or(u32::MAX))
}
