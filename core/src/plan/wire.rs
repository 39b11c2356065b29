//! Plans as bytes: what a host sends to a device, or keeps in a file (`*.rqlp`).
//!
//! # The form, to the byte
//!
//! | bytes      | what                                                                          |
//! |------------|-------------------------------------------------------------------------------|
//! | 4          | magic: `RQLP`                                                                 |
//! | 2          | version: u16, little-endian; this one is [`VERSION`]                          |
//! | 4          | [`Features`] that the plan uses: u32, little-endian                           |
//! | 4          | n, the length of the body: u32, little-endian                                 |
//! | n          | the body                                                                      |
//! | 4          | CRC-32/ISO-HDLC of all bytes before it: u32, little-endian                    |
//!
//! The body is [postcard](https://postcard.jamesmunns.com/wire-format)'s form of a [`Plan`]:
//! `batch_rows`, `on_error`, then the tables in the order in which [`Plan`] declares them, each as
//! its number of entries and then the entries one after another (the text pool: its number of
//! bytes and then the bytes, UTF-8; the byte pool likewise). In an entry:
//!
//! - a struct is its members in declared order, without any tags;
//! - an enum is the number of the variant (from 0, in declared order; so new variants are appended,
//!   never inserted) as a varint, then the variant's members. [`DataType`](crate::types::DataType),
//!   [`Kind`](crate::types::Kind), [`Op`](super::op::Op), [`Operator`],
//!   [`AggregateFunction`](super::AggregateFunction) and [`OnFull`](super::OnFull) are such;
//! - u16, u32, u64 and counts are varints: 7 bits a byte, the lowest first, the highest bit set on
//!   all bytes but the last. i64 is zigzag (0, -1, 1, -2 are 0, 1, 2, 3) and then a varint;
//! - bool is one byte, 0 or 1; an `Option` is 0, or 1 and the value.
//!
//! # What is refused
//!
//! Anything else than the one form that [`encode`] writes: a varint longer than need be, a byte too
//! many, feature bits that are not exactly those of the tables. So two equal plans have equal
//! bytes. After that, [`verify`] refuses tables that can't run. See [`DecodeError`].
//!
//! A reader refuses other versions by number ([`DecodeError::Version`]); bytes of every version
//! that was ever written are kept in `core/tests/data/plans`.
//!
//! # Without an allocator
//!
//! ```
//! use ringql_core::plan::wire::{PlanTables, SmallPlan};
//! use ringql_core::error::DecodeError;
//! use ringql_core::function::ALL;
//!
//! let mut tables = SmallPlan::new(); // in a static, if there is little stack
//! assert_eq!(tables.load(b"no plan", &ALL).err(), Some(DecodeError::NotAPlan));
//! ```

mod features;
mod tables;

use core::ops::Range as Bytes;

use crc::{CRC_32_ISO_HDLC, Crc, Digest, NoTable};
use postcard::ser_flavors::{Flavor, Size, Slice};

pub use features::Features;
pub use tables::{HostPlan, MAX_AGGREGATES, MAX_OPERATORS, MAX_OUTPUTS, MAX_STREAMS};
pub use tables::{PlanTables, SmallPlan};

use super::Plan;
#[cfg(doc)]
use super::{Operator, verify::verify};
use crate::error::{DecodeError, EncodeError};

/// The first bytes of every encoded plan.
pub const MAGIC: [u8; 4] = *b"RQLP";
/// The version of the form that this crate writes and reads.
pub const VERSION: u16 = 2;

const VERSION_AT: Bytes<usize> = 4..6;
const FEATURES_AT: Bytes<usize> = 6..10;
const LENGTH_AT: Bytes<usize> = 10..14;
/// Bytes before the body.
const HEADER: usize = 14;
/// Bytes behind the body.
const CHECKSUM: usize = 4;

/// Bit by bit: a plan is short, and a table of 1 KiB would lie in every device's flash.
static CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// The exact number of bytes that [`encode`] writes.
///
/// # Errors
/// [`EncodeError::TooLong`].
pub fn encoded_len(plan: &Plan<'_>) -> Result<usize, EncodeError> {
    let body = postcard::serialize_with_flavor(plan, Size::default());
    let body = body.map_err(|_| EncodeError::TooLong)?;
    u32::try_from(body).map_err(|_| EncodeError::TooLong)?;
    body.checked_add(HEADER + CHECKSUM).ok_or(EncodeError::TooLong)
}

/// Writes the plan to the start of `buffer` and returns how many bytes it took. It does not
/// [`verify`] the plan: whoever decodes it does.
///
/// ```
/// use ringql_core::plan::{Plan, wire};
/// # let plan = Plan { batch_rows: 1, ..Plan::EMPTY };
/// let mut buffer = [0; 64];
/// let n = wire::encode(&plan, &mut buffer)?;
/// assert_eq!(n, wire::encoded_len(&plan)?);
/// assert_eq!(&buffer[..4], b"RQLP");
/// # Ok::<(), ringql_core::error::EncodeError>(())
/// ```
///
/// # Errors
/// [`EncodeError::BufferTooSmall`] if it has less than [`encoded_len`] bytes.
pub fn encode(plan: &Plan<'_>, buffer: &mut [u8]) -> Result<usize, EncodeError> {
    let needed = encoded_len(plan)?;
    let too_small = EncodeError::BufferTooSmall { needed, given: buffer.len() };
    let bytes = buffer.get_mut(..needed).ok_or(too_small)?;
    let (rest, checksum) = bytes.split_last_chunk_mut::<CHECKSUM>().ok_or(too_small)?;
    let (header, body) = rest.split_first_chunk_mut::<HEADER>().ok_or(too_small)?;
    let length = u32::try_from(body.len()).map_err(|_| EncodeError::TooLong)?;
    *header = header_bytes(Features::of(plan), length);
    postcard::serialize_with_flavor(plan, Slice::new(body)).map_err(|_| too_small)?;
    *checksum = CRC.checksum(rest).to_le_bytes();
    Ok(needed)
}

/// The plan's bytes in a vector.
///
/// # Errors
/// [`EncodeError::TooLong`].
#[cfg(feature = "sql")]
pub fn to_vec(plan: &Plan<'_>) -> Result<alloc::vec::Vec<u8>, EncodeError> {
    let mut bytes = alloc::vec![0; encoded_len(plan)?];
    encode(plan, &mut bytes)?;
    Ok(bytes)
}

/// The checksum of `first` and the plan's body, without writing it anywhere.
pub(crate) fn fingerprint(plan: &Plan<'_>, first: &[u8]) -> Option<u32> {
    let mut digest = CRC.digest();
    digest.update(first);
    postcard::serialize_with_flavor(plan, Sum(digest)).ok()
}

fn header_bytes(features: Features, length: u32) -> [u8; HEADER] {
    let [m0, m1, m2, m3] = MAGIC;
    let [v0, v1] = VERSION.to_le_bytes();
    let [f0, f1, f2, f3] = features.bits().to_le_bytes();
    let [l0, l1, l2, l3] = length.to_le_bytes();
    [m0, m1, m2, m3, v0, v1, f0, f1, f2, f3, l0, l1, l2, l3]
}

/// Checks all but the body; returns the stated features and the body.
///
/// In this order: magic, version, length, checksum, features. So a plan of another version is
/// called that, and a damaged one damaged.
fn unwrap(bytes: &[u8]) -> Result<(Features, &[u8]), DecodeError> {
    if !bytes.starts_with(&MAGIC) {
        return Err(DecodeError::NotAPlan);
    }
    let found = u16::from_le_bytes(part(bytes, VERSION_AT)?);
    if found != VERSION {
        return Err(DecodeError::Version { found, supported: VERSION });
    }
    let features = u32::from_le_bytes(part(bytes, FEATURES_AT)?);
    let length = u32::from_le_bytes(part(bytes, LENGTH_AT)?);
    let needed = u64::from(length) + (HEADER + CHECKSUM) as u64;
    let needed = usize::try_from(needed).unwrap_or(usize::MAX);
    let given = bytes.len();
    if given < needed {
        return Err(DecodeError::Truncated { needed, given });
    }
    if given > needed {
        return Err(DecodeError::TrailingBytes { expected: needed, given });
    }
    let truncated = DecodeError::Truncated { needed, given };
    let (rest, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(truncated)?;
    if CRC.checksum(rest) != u32::from_le_bytes(*checksum) {
        return Err(DecodeError::Checksum);
    }
    let unknown = features & !Features::ALL.bits();
    if unknown != 0 {
        return Err(DecodeError::UnknownFeatures { bits: unknown });
    }
    let body = rest.get(HEADER..).ok_or(truncated)?;
    Ok((Features::from_bits(features), body))
}

fn part<const N: usize>(bytes: &[u8], at: Bytes<usize>) -> Result<[u8; N], DecodeError> {
    let truncated = DecodeError::Truncated { needed: HEADER + CHECKSUM, given: bytes.len() };
    bytes.get(at).and_then(|b| b.first_chunk::<N>()).copied().ok_or(truncated)
}

/// Whether `body` is exactly what [`encode`] writes for the plan.
fn is_canonical(plan: &Plan<'_>, body: &[u8]) -> bool {
    postcard::serialize_with_flavor(plan, Compare { rest: body }).unwrap_or(false)
}

/// "Writes" bytes by adding them to a checksum.
struct Sum(Digest<'static, u32, NoTable>);

impl Flavor for Sum {
    type Output = u32;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.update(&[byte]);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<u32> {
        Ok(self.0.finalize())
    }
}

/// "Writes" bytes by comparing them with those that are there.
struct Compare<'a> {
    rest: &'a [u8],
}

impl Flavor for Compare<'_> {
    type Output = bool;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                Ok(())
            }
            _ => Err(postcard::Error::SerializeBufferFull),
        }
    }

    fn finalize(self) -> postcard::Result<bool> {
        Ok(self.rest.is_empty())
    }
}
