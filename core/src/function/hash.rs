//! Checksums and hashes.

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

use super::Param::{Bytes, Is, Text};
use super::{Function, Returns, rows};
use crate::types::DataType::{BigInt, Double, Timestamp, UBigInt, UInteger};

/// The sum of plans, too, so it costs no more flash. A table of 1 KiB would make it about ten times as fast.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// Checksums and hashes.
pub const HASH: &[Function] = &[
    Function::new("crc32", &[Text], Returns::Is(UInteger), |call| {
        rows::map(call, |(text,): (&[u8],)| CRC.checksum(text))
    })
    .doc("CRC-32/ISO-HDLC (that of zip and Ethernet) of the text's bytes.", "crc32('123456789')"),
    Function::new("crc32", &[Bytes], Returns::Is(UInteger), |call| {
        rows::map(call, |(bytes,): (&[u8],)| CRC.checksum(bytes))
    })
    .doc("CRC-32/ISO-HDLC of bytes.", "crc32(unhex('313233343536373839'))"),
    Function::new("hash64", &[Text], Returns::Is(UBigInt), |call| {
        rows::map(call, |(text,): (&[u8],)| xxh64(text))
    })
    .doc("XXH64, seed 0, of the text's bytes: the same everywhere and forever.", "hash64('abc')"),
    Function::new("hash64", &[Bytes], Returns::Is(UBigInt), |call| {
        rows::map(call, |(bytes,): (&[u8],)| xxh64(bytes))
    })
    .doc("Of bytes: as of the text with these bytes.", "hash64(unhex('616263'))"),
    Function::new("hash64", &[Is(BigInt)], Returns::Is(UBigInt), |call| {
        rows::map(call, |(x,): (i64,)| xxh64(&x.to_le_bytes()))
    })
    .doc("Of an integer: of its 8 bytes as a BIGINT, the lowest first.", "hash64(42)"),
    Function::new("hash64", &[Is(UBigInt)], Returns::Is(UBigInt), |call| {
        rows::map(call, |(x,): (u64,)| xxh64(&x.to_le_bytes()))
    })
    .doc("Of a UBIGINT: of its 8 bytes, the lowest first.", "hash64(42::UBIGINT)"),
    Function::new("hash64", &[Is(Double)], Returns::Is(UBigInt), |call| {
        rows::map(call, |(x,): (f64,)| hash_float(x))
    })
    .doc(
        "Of a float: of its 8 bytes as a DOUBLE; equal values (0 and -0, all NaNs) hash alike.",
        "hash64(4.2::DOUBLE)",
    ),
    Function::new("hash64", &[Is(Timestamp)], Returns::Is(UBigInt), |call| {
        rows::map(call, |(x,): (i64,)| xxh64(&x.to_le_bytes()))
    })
    .doc(
        "Of a TIMESTAMP: as its microseconds since 1970.",
        "hash64(TIMESTAMP '2024-02-29 12:00:00')",
    ),
];

fn hash_float(x: f64) -> u64 {
    // -0 + 0 is 0.
    xxh64(&super::math::one_nan(x + 0.0).to_le_bytes())
}

fn xxh64(bytes: &[u8]) -> u64 {
    twox_hash::XxHash64::oneshot(0, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The "check" value of the catalogue of CRCs (reveng), which is over "123456789".
    #[test]
    fn crc32_is_that_of_the_catalogue() {
        assert_eq!(CRC.checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(CRC.checksum(b""), 0);
    }

    /// The vectors of cespare/xxhash, and one of the xxHash specification: of no bytes.
    #[test]
    fn hashes_are_xxh64() {
        for (text, hash) in [
            ("", 0xef46_db37_51d8_e999),
            ("a", 0xd24e_c4f1_a98c_6e5b),
            ("as", 0x1c33_0fb2_d66b_e179),
            ("asd", 0x631c_37ce_72a9_7393),
            ("asdf", 0x4158_72f5_99ce_a71e),
            (
                "Call me Ishmael. Some years ago--never mind how long precisely-",
                0x02a2_e854_70d6_fd96,
            ),
        ] {
            assert_eq!(xxh64(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn equal_floats_hash_alike() {
        assert_eq!(hash_float(0.0), hash_float(-0.0));
        assert_eq!(hash_float(f64::NAN), hash_float(-f64::NAN));
        assert_ne!(hash_float(1.0), hash_float(2.0));
    }
}
