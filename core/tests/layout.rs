//! Layouts to the byte: of records, against tables written by hand and against what the Rust
//! compiler does with `repr(C)` structs; of the arena, against a plan counted by hand.
#![allow(missing_docs)]

mod common;

use std::mem::{align_of, offset_of};

use common::{Tables, samples};
use proptest::prelude::*;
use ringql_core::plan::layout::{self, Place};
use ringql_core::plan::op::StreamId;
use ringql_core::schema::{Field, Layout, Text};
use ringql_core::types::DataType;

fn fields(columns: &[(DataType, bool)]) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for &(data_type, nullable) in columns {
        let offset = Layout::next_offset(&fields, data_type) as u16;
        fields.push(Field { name: Text { offset: 0, len: 0 }, data_type, nullable, offset });
    }
    fields
}

#[track_caller]
fn check(columns: &[(DataType, bool)], offsets: &[u16], validity: Option<usize>, size: usize) {
    let fields = fields(columns);
    let found: Vec<u16> = fields.iter().map(|f| f.offset).collect();
    assert_eq!(found, offsets);
    let layout = Layout::of(&fields);
    assert_eq!((layout.validity, layout.record_size), (validity, size));
}

#[test]
fn every_type_has_its_size_and_alignment() {
    use DataType::*;
    for (data_type, size, align) in [
        (Boolean, 1, 1),
        (TinyInt, 1, 1),
        (SmallInt, 2, 2),
        (Integer, 4, 4),
        (BigInt, 8, 8),
        (UTinyInt, 1, 1),
        (USmallInt, 2, 2),
        (UInteger, 4, 4),
        (UBigInt, 8, 8),
        (Real, 4, 4),
        (Double, 8, 8),
        (Timestamp, 8, 8),
        (Varchar(1), 4, 2),
        (Varchar(2), 4, 2),
        (Varchar(3), 6, 2),
        (Varchar(16), 18, 2),
        (Varchar(4096), 4098, 2),
        (Date, 4, 4),
        (Time, 8, 8),
        (TimestampTz, 8, 8),
        (Interval, 16, 8),
        (Decimal(1, 0), 8, 8),
        (Decimal(18, 18), 8, 8),
        (Decimal(19, 0), 16, 8),
        (Decimal(38, 38), 16, 8),
        (Char(1), 1, 1),
        (Char(7), 7, 1),
        (Varbinary(1), 4, 2),
        (Varbinary(16), 18, 2),
        (Uuid, 16, 1),
    ] {
        assert_eq!((data_type.size(), data_type.align()), (size, align), "{data_type}");
        check(&[(data_type, false)], &[0], None, size);
        let end = (size + 1_usize).next_multiple_of(align);
        check(&[(data_type, true)], &[0], Some(size), end);
        check(&[(Boolean, false), (data_type, false)], &[0, align as u16], None, align + size);
    }
}

/// Byte 0 is the first of the record; `.` is padding and `v` the validity bitmap.
#[test]
fn records_by_hand() {
    use DataType::*;
    // aaaaaaaa bbbb c v . .
    check(&[(Timestamp, false), (Real, true), (UTinyInt, false)], &[0, 8, 12], Some(13), 16);
    // a . bb c . . . dddd . . . . eeeeeeee
    check(
        &[(TinyInt, false), (SmallInt, false), (Boolean, false), (Integer, false), (Double, false)],
        &[0, 2, 4, 8, 16],
        None,
        24,
    );
    // a . ll xxx(.) b . : a text is aligned to its length prefix and padded to it
    check(&[(Boolean, false), (Varchar(3), false), (Boolean, false)], &[0, 2, 8], None, 10);
    // Nine columns of a byte, two bytes of validity.
    check(&[(Boolean, true); 9], &[0, 1, 2, 3, 4, 5, 6, 7, 8], Some(9), 11);
    check(&[(Boolean, true); 8], &[0, 1, 2, 3, 4, 5, 6, 7], Some(8), 9);
    // The bitmap has a bit for each column, nullable or not, and needs no alignment of its own.
    check(&[(BigInt, false), (BigInt, true)], &[0, 8], Some(16), 24);
    check(&[], &[], None, 0);
}

/// A `repr(C)` struct with a last member for the validity bitmap.
macro_rules! like_repr_c {
    ($test:ident { $($name:ident: $rust:ty = $data_type:expr, $nullable:expr;)* } $($validity:ident: $bytes:literal)?) => {
        #[test]
        fn $test() {
            #[repr(C)]
            #[allow(dead_code)]
            struct Record {
                $($name: $rust,)*
                $($validity: [u8; $bytes],)?
            }
            let fields = fields(&[$(($data_type, $nullable)),*]);
            let layout = Layout::of(&fields);
            let mut at = fields.iter().map(|f| usize::from(f.offset));
            $(assert_eq!(at.next(), Some(offset_of!(Record, $name)), stringify!($name));)*
            $(assert_eq!(layout.validity, Some(offset_of!(Record, $validity)));)?
            assert_eq!(layout.record_size, size_of::<Record>());
            assert_eq!(layout.align, align_of::<Record>());
        }
    };
}

/// VARCHAR(N): a length and N bytes.
#[repr(C)]
#[allow(dead_code)]
struct Varchar<const N: usize> {
    len: u16,
    bytes: [u8; N],
}

like_repr_c!(sensors {
    ts: i64 = DataType::Timestamp, false;
    device: u32 = DataType::UInteger, false;
    temp: f32 = DataType::Real, false;
    humidity: f32 = DataType::Real, false;
    status: u8 = DataType::UTinyInt, false;
});

like_repr_c!(all_types {
    a: u8 = DataType::Boolean, false;
    b: i64 = DataType::BigInt, true;
    c: i8 = DataType::TinyInt, false;
    d: i16 = DataType::SmallInt, false;
    e: Varchar<7> = DataType::Varchar(7), true;
    f: i32 = DataType::Integer, true;
    g: u16 = DataType::USmallInt, false;
    h: f64 = DataType::Double, false;
    i: u8 = DataType::UTinyInt, true;
    j: u64 = DataType::UBigInt, true;
    k: Varchar<4> = DataType::Varchar(4), false;
    l: f32 = DataType::Real, true;
} validity: 2);

like_repr_c!(texts {
    a: Varchar<1> = DataType::Varchar(1), true;
    b: u8 = DataType::Boolean, true;
    c: Varchar<20> = DataType::Varchar(20), true;
} validity: 1);

proptest! {
    /// Fields don't overlap, stand in order at their alignment, and leave less than that between.
    #[test]
    fn any_record(columns in proptest::collection::vec((0..13usize, 1..300u16, any::<bool>()), 0..40)) {
        let columns: Vec<_> = columns
            .into_iter()
            .map(|(t, n, nullable)| match common::mutate::DATA_TYPES[t] {
                DataType::Varchar(_) => (DataType::Varchar(n), nullable),
                other => (other, nullable),
            })
            .collect();
        let fields = fields(&columns);
        let layout = Layout::of(&fields);
        let mut end = 0;
        for field in &fields {
            let (at, align) = (usize::from(field.offset), field.data_type.align());
            prop_assert!(at >= end && at - end < align && at % align == 0);
            end = at + field.data_type.size();
        }
        let nullable = columns.iter().any(|c| c.1);
        prop_assert_eq!(layout.validity, nullable.then_some(end));
        end += if nullable { columns.len().div_ceil(8) } else { 0 };
        prop_assert_eq!(layout.record_size, end.next_multiple_of(layout.align));
    }

    /// Whatever is in the tables, the layout is computed without overflow.
    #[test]
    fn any_plan(which in 0..5usize, seed in any::<u64>()) {
        let mut tables = samples::all().swap_remove(which).1;
        let mut random = common::Random::new(seed);
        for _ in 0..5 {
            common::mutate::tables(&mut tables, &mut random);
        }
        let plan = tables.plan();
        let _ = plan.arena_bytes();
        layout::walk(&plan, |_, _| {});
        let _ = plan.input(StreamId(0)).layout();
    }
}

/// The arena of the tumble sample: batches of 16 rows, 4 panes of 24 groups.
#[test]
fn an_arena_by_hand() {
    let tables: Tables = samples::tumble();
    let mut at = Vec::new();
    layout::walk(&tables.plan(), |place, offset| at.push((place, offset)));
    let mut expected = Vec::new();
    let mut next = 128 + 16; // the header, one stream
    // UINTEGER, REAL, UINTEGER, two TIMESTAMPs, BIGINT, DOUBLE, REAL: 16 each
    for (i, size) in [4, 4, 4, 8, 8, 8, 8, 4].into_iter().enumerate() {
        expected.push((Place::Register(i), next));
        next += 16 * size;
    }
    expected.push((Place::Operator(0), next));
    expected.push((Place::Operator(1), next));
    next += 96 + 16 * 2 + 16 * 2; // fixed, selection, panes of rows
    expected.push((Place::Operator(2), next));
    next += 160; // fixed
    next += 64 * 4; // index: 64 entries for 24 groups, at most 2/3 full
    next += 24 * 8; // keys: one word
    next += 16 * 8 + 16 * 4; // of the batch: keys and groups
    next += 3 * 16 * 4; // lists
    next += 4 * 2 * 8; // sets: a word of bits and one above it for each pane
    expected.push((Place::Aggregate(0), next));
    next += 4 * 24 * 8; // COUNT(*)
    expected.push((Place::Aggregate(1), next));
    next += 4 * 24 * 16; // AVG: sum and count
    expected.push((Place::Aggregate(2), next));
    next += 4 * 24 * 4; // MAX(REAL NOT NULL)
    expected.push((Place::Operator(3), next));
    assert_eq!(at, expected);
    assert_eq!(tables.plan().arena_bytes() as u64, next);
}
