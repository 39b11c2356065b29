//! The wire form: round trips, the envelope, strictness.
#![allow(missing_docs)]

mod common;

use common::{Tables, samples};
use crc::{CRC_32_ISO_HDLC, Crc};
use proptest::prelude::*;
use ringql_core::error::{DecodeError, EncodeError, Fault, Table, VerifyError};
use ringql_core::function::ALL;
use ringql_core::plan::OnFull;
use ringql_core::plan::op::Op;
use ringql_core::plan::wire::{self, Features, HostPlan, PlanTables, SmallPlan};

fn bytes_of(tables: &Tables) -> Vec<u8> {
    let mut bytes = vec![0; wire::encoded_len(&tables.plan()).unwrap()];
    assert_eq!(wire::encode(&tables.plan(), &mut bytes), Ok(bytes.len()));
    bytes
}

/// Puts a right length and a right checksum on bytes whose body or header was changed.
fn fix(bytes: &mut [u8]) {
    let body = bytes.len() - 18;
    bytes[10..14].copy_from_slice(&(body as u32).to_le_bytes());
    let at = bytes.len() - 4;
    let sum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&bytes[..at]);
    bytes[at..].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn samples_come_back_as_they_were() {
    for (name, tables) in samples::all() {
        let bytes = bytes_of(&tables);
        let decoded = SmallPlan::decode(&bytes, &ALL).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(decoded.plan(), tables.plan(), "{name}");
        let host = Box::new(HostPlan::decode(&bytes, &ALL).unwrap());
        assert_eq!(host.plan(), tables.plan(), "{name}");
    }
}

#[test]
fn q4_is_small() {
    let bytes = bytes_of(&samples::tumble());
    println!("Q4: {} bytes", bytes.len());
    assert!(bytes.len() < 400, "{} bytes", bytes.len());
}

#[test]
fn the_envelope_is_as_documented() {
    let tables = samples::tumble();
    let bytes = bytes_of(&tables);
    assert_eq!(&bytes[..4], b"RQLP");
    assert_eq!(bytes[4..6], 2u16.to_le_bytes());
    let features =
        Features::AGGREGATE.with(Features::GROUP).with(Features::PANES).with(Features::FLOAT);
    assert_eq!(bytes[6..10], features.bits().to_le_bytes());
    assert_eq!(bytes[10..14], (bytes.len() as u32 - 18).to_le_bytes());
    let sum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&bytes[..bytes.len() - 4]);
    assert_eq!(bytes[bytes.len() - 4..], sum.to_le_bytes());
    assert_eq!(Features::of(&tables.plan()).to_string(), "aggregate, group, tumble, float");
}

/// The body of a small plan, written out by hand.
#[test]
fn the_body_is_as_documented() {
    let bytes = bytes_of(&samples::group_having());
    #[rustfmt::skip]
    let start: &[u8] = &[
        7,             // batch_rows
        0,             // on_error = 'null'
        1,             // streams: one
        0, 1, 0, 2, 0, //   name (0, 1), fields (0, 2), no event time
        1,             // outputs: one
        0, 0, 2, 3,    //   name (0, 0), fields (2, 3)
        5,             // fields: five
        1, 7, 2, 1, 0, //   name (1, 7), SMALLINT, nullable, offset 0
        8, 1, 3, 1, 4, //   name (8, 1), INTEGER, nullable, offset 4
        1, 7, 2, 1, 0,
        9, 5, 4, 1, 8, //   name (9, 5), BIGINT, nullable, offset 8
        7, 1, 4, 0, 16, //  "n" is the last of "station"
        1,             // constants: one
        10,            //   10
        9,             // registers: nine
        2, 1, 144, 1,  //   SMALLINT, nullable, offset 144
    ];
    assert_eq!(&bytes[14..14 + start.len()], start);
}

/// Variants have the numbers that they had: what was encoded once means the same for ever.
#[test]
fn numbers_of_variants_stay() {
    fn number<T: serde::Serialize>(value: T) -> u8 {
        let mut buffer = [0; 64];
        postcard::to_slice(&value, &mut buffer).unwrap()[0]
    }
    use ringql_core::plan::AggregateFunction::{Avg, Count, CountAll, Max, Min, Sum};
    use ringql_core::types::{DataType, Kind};
    let names = "load, gather, constant, null, copy, add, sub, mul, div, mod, neg, eq, ne, lt, \
                 le, gt, ge, and, or, not, is null, is not null, blend, coalesce, nullif, cast, \
                 guard, unguard, window start, call, now";
    for (i, name) in names.split(", ").enumerate() {
        assert_eq!(Op::ALL[i].info().name, name);
    }
    assert!(Op::ALL.iter().map(number).eq(0..Op::ALL.len() as u8));
    let types = common::mutate::DATA_TYPES; // in the order of version 1
    assert!(types.map(number).into_iter().eq(0..13));
    assert_eq!(number(DataType::Varchar(9)), 12);
    let kinds = [
        Kind::Bool,
        Kind::I8,
        Kind::I16,
        Kind::I32,
        Kind::I64,
        Kind::U8,
        Kind::U16,
        Kind::U32,
        Kind::U64,
        Kind::F32,
        Kind::F64,
        Kind::Text,
    ];
    assert!(kinds.map(number).into_iter().eq(0..12));
    assert!([CountAll, Count, Sum, Avg, Min, Max].map(number).into_iter().eq(0..6));
    assert_eq!([OnFull::Error, OnFull::DropNew].map(number), [0, 1]);
    let operators: Vec<u8> = samples::filter_project().operators.iter().map(number).collect();
    assert_eq!(operators, [0, 1, 4, 5]);
    let operators: Vec<u8> = samples::tumble().operators.iter().map(number).collect();
    assert_eq!(operators, [0, 2, 3, 5]);
}

#[test]
fn buffers_that_are_too_small_are_refused() {
    let tables = samples::filter_project();
    let needed = wire::encoded_len(&tables.plan()).unwrap();
    for given in 0..needed {
        let mut buffer = vec![0; given];
        let refused = wire::encode(&tables.plan(), &mut buffer);
        assert_eq!(refused, Err(EncodeError::BufferTooSmall { needed, given }));
    }
    let mut larger = vec![7; needed + 3];
    assert_eq!(wire::encode(&tables.plan(), &mut larger), Ok(needed));
    assert_eq!(larger[needed..], [7, 7, 7]);
}

#[test]
fn a_plan_of_the_future_is_refused_by_its_version() {
    let mut bytes = bytes_of(&samples::tumble());
    bytes[4..6].copy_from_slice(&513u16.to_le_bytes());
    let error = SmallPlan::decode(&bytes, &ALL).unwrap_err();
    assert_eq!(error, DecodeError::Version { found: 513, supported: 2 });
    let text = error.to_string();
    assert!(text.contains("version 513") && text.contains("version 2;"), "{text}");
}

#[test]
fn each_fault_of_the_envelope_has_its_error() {
    let good = bytes_of(&samples::tumble());
    let n = good.len();
    for len in 0..n {
        let error = SmallPlan::decode(&good[..len], &ALL).unwrap_err();
        match len {
            0..4 => assert_eq!(error, DecodeError::NotAPlan),
            4..14 => assert_eq!(error, DecodeError::Truncated { needed: 18, given: len }),
            _ => assert_eq!(error, DecodeError::Truncated { needed: n, given: len }),
        }
    }
    let longer = [&good[..], &[0]].concat();
    let trailing = DecodeError::TrailingBytes { expected: n, given: n + 1 };
    assert_eq!(SmallPlan::decode(&longer, &ALL).unwrap_err(), trailing);

    for at in 14..n {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        assert_eq!(
            SmallPlan::decode(&bytes, &ALL).unwrap_err(),
            DecodeError::Checksum,
            "byte {at}"
        );
    }

    let mut bytes = good.clone();
    bytes[9] |= 0x80;
    fix(&mut bytes);
    let unknown = DecodeError::UnknownFeatures { bits: 0x8000_0000 };
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), unknown);

    let mut bytes = good.clone();
    bytes[6] ^= 1;
    fix(&mut bytes);
    let used = Features::of(&samples::tumble().plan()).bits();
    let features = DecodeError::Features { stated: used ^ 1, used };
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), features);
}

#[test]
fn tables_that_are_too_small_are_named() {
    let bytes = bytes_of(&samples::tumble());
    let plan = samples::tumble();
    let error = PlanTables::<9, 48, 64, 512>::decode(&bytes, &ALL).unwrap_err();
    assert_eq!(error, DecodeError::Capacity { table: Table::Fields, needed: 10, capacity: 9 });
    assert_eq!(error.to_string(), "the plan's field table needs room for 10 and 9 fit");
    let error = PlanTables::<10, 7, 64, 512>::decode(&bytes, &ALL).unwrap_err();
    assert_eq!(error, DecodeError::Capacity { table: Table::Registers, needed: 8, capacity: 7 });
    let error = PlanTables::<10, 8, 1, 512>::decode(&bytes, &ALL).unwrap_err();
    let needed = plan.instructions.len() as u32;
    assert_eq!(error, DecodeError::Capacity { table: Table::Instructions, needed, capacity: 1 });
    let error = PlanTables::<10, 8, 64, 8>::decode(&bytes, &ALL).unwrap_err();
    let needed = plan.texts.len() as u32;
    assert_eq!(error, DecodeError::Capacity { table: Table::Texts, needed, capacity: 8 });
    assert!(PlanTables::<10, 8, 11, 128>::decode(&bytes, &ALL).is_ok());
}

#[test]
fn only_the_canonical_form_is_read() {
    let good = bytes_of(&samples::tumble());
    // batch_rows = 16 as a varint of two bytes.
    let mut bytes = good.clone();
    bytes[14] = 0x90;
    bytes.insert(15, 0x00);
    fix(&mut bytes);
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), DecodeError::NotCanonical);
    // A byte behind the last table.
    let mut bytes = good.clone();
    bytes.insert(good.len() - 4, 0);
    fix(&mut bytes);
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), DecodeError::NotCanonical);
    // A text pool that is not UTF-8.
    let mut bytes = good.clone();
    // The text pool's last byte: the count of the empty byte pool stands behind it.
    let last = good.len() - 6;
    bytes[last] = 0xFF;
    fix(&mut bytes);
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), DecodeError::NotUtf8);
    // A cut body with a right length.
    let mut bytes = good.clone();
    bytes.remove(last);
    fix(&mut bytes);
    let cut = DecodeError::Entry { table: Table::Bytes, entry: 0 };
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), cut);
}

#[test]
fn what_is_decoded_is_verified() {
    let mut tables = samples::tumble();
    tables.batch_rows = 0;
    let refused = VerifyError { table: Table::Header, entry: 0, fault: Fault::Capacity };
    assert_eq!(
        SmallPlan::decode(&bytes_of(&tables), &ALL).unwrap_err(),
        DecodeError::Verify(refused)
    );
}

#[test]
fn tables_can_be_loaded_again_and_are_empty_after_an_error() {
    let mut tables = SmallPlan::new();
    let (first, second) = (samples::tumble(), samples::texts());
    assert_eq!(tables.load(&bytes_of(&first), &ALL), Ok(first.plan()));
    assert_eq!(tables.load(&bytes_of(&second), &ALL), Ok(second.plan()));
    assert_eq!(tables.load(b"RQL", &ALL), Err(DecodeError::NotAPlan));
    assert_eq!(tables.plan(), Tables::default().plan());
}

proptest! {
    /// Any bytes at all are read without a panic.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = SmallPlan::decode(&bytes, &ALL);
        let mut framed = [b"RQLP\x01\x00\x7f\x00\x00\x00\x00\x00\x00\x00", &bytes[..], &[0; 4]].concat();
        fix(&mut framed);
        let _ = SmallPlan::decode(&framed, &ALL);
    }

    /// Whatever is in the tables, right or wrong, comes back from the bytes or is refused by
    /// `verify` alone.
    #[test]
    fn round_trip(which in 0..samples::all().len(), seed in any::<u64>()) {
        let mut tables = samples::all().swap_remove(which).1;
        let mut random = common::Random::new(seed);
        common::mutate::tables(&mut tables, &mut random);
        match SmallPlan::decode(&bytes_of(&tables), &ALL) {
            Ok(decoded) => prop_assert_eq!(decoded.plan(), tables.plan()),
            Err(DecodeError::Verify(_)) => {}
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
