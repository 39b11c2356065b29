use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::schema::{Field, Text};

/// Fields of these types with their offsets, as `sql` and `verify` compute them.
fn fields(columns: &[(DataType, bool)]) -> Vec<Field> {
    let mut fields = Vec::new();
    for &(data_type, nullable) in columns {
        let offset = Layout::next_offset(&fields, data_type) as u16;
        fields.push(Field { name: Text { offset: 0, len: 0 }, data_type, nullable, offset });
    }
    fields
}

/// The table of this module's documentation.
#[test]
fn sizes_and_alignments() {
    for (data_type, size, align) in [
        (DataType::Boolean, 1, 1),
        (DataType::TinyInt, 1, 1),
        (DataType::UTinyInt, 1, 1),
        (DataType::SmallInt, 2, 2),
        (DataType::USmallInt, 2, 2),
        (DataType::Integer, 4, 4),
        (DataType::UInteger, 4, 4),
        (DataType::BigInt, 8, 8),
        (DataType::UBigInt, 8, 8),
        (DataType::Real, 4, 4),
        (DataType::Double, 8, 8),
        (DataType::Timestamp, 8, 8),
        (DataType::Varchar(0), 2, 2),
        (DataType::Varchar(1), 4, 2),
        (DataType::Varchar(2), 4, 2),
        (DataType::Varchar(3), 6, 2),
    ] {
        assert_eq!((data_type.size(), data_type.align()), (size, align), "{data_type}");
    }
}

/// The example of this module's documentation.
#[test]
fn the_documented_record() {
    let fields = fields(&[
        (DataType::Timestamp, false),
        (DataType::Real, true),
        (DataType::Varchar(3), true),
    ]);
    let schema = Schema { fields: &fields, texts: "" };
    assert_eq!(schema.layout(), Layout { record_size: 24, align: 8, validity: Some(18) });
    let mut bytes = [0xff; 24];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    record.set(0, &1i64.to_le_bytes()).unwrap();
    record.set(1, &1.5f32.to_le_bytes()).unwrap();
    record.set_text(2, "xy").unwrap();
    let expected =
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x3f, 2, 0, b'x', b'y', 0, 0, 7, 0, 0, 0, 0, 0];
    assert_eq!(bytes, expected);
}

#[test]
fn no_bitmap_without_nullable_columns() {
    let fields = fields(&[(DataType::UTinyInt, false), (DataType::Integer, false)]);
    let schema = Schema { fields: &fields, texts: "" };
    assert_eq!(schema.layout(), Layout { record_size: 8, align: 4, validity: None });
    let mut bytes = [0xff; 8];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    assert_eq!(record.set_null(0), None);
    assert_eq!(bytes, [0; 8]);
}

#[test]
fn the_ninth_column_has_the_second_byte() {
    let fields = fields(&[(DataType::Boolean, true); 9]);
    let schema = Schema { fields: &fields, texts: "" };
    assert_eq!(schema.layout(), Layout { record_size: 11, align: 1, validity: Some(9) });
    let mut bytes = [0; 11];
    RecordMut::new(schema, &mut bytes).unwrap().set(8, &[1]).unwrap();
    assert_eq!(bytes[8..], [1, 0, 1]);
    let record = RecordRef::new(schema, &bytes).unwrap();
    assert_eq!((record.get(7), record.get(8), record.get(9)), (None, Some(&[1][..]), None));
}

#[test]
fn what_does_not_fit_is_refused() {
    let fields = fields(&[(DataType::Integer, true), (DataType::Varchar(2), false)]);
    let schema = Schema { fields: &fields, texts: "" };
    let size = schema.layout().record_size;
    assert!(RecordRef::new(schema, &vec![0; size - 1]).is_none());
    assert!(RecordMut::new(schema, &mut vec![0; size + 1]).is_none());
    let mut bytes = vec![0; size];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    assert_eq!(record.set(0, &[1]), None);
    assert_eq!(record.set(2, &[1]), None);
    assert_eq!(record.set_text(0, "a"), None);
    assert_eq!(record.set_text(1, "abc"), None);
    assert_eq!(record.set_null(1), None);
    assert_eq!(record.set_null(2), None);
}

#[test]
fn bytes_from_outside_are_checked() {
    let fields = fields(&[(DataType::Varchar(2), true), (DataType::Boolean, false)]);
    let schema = Schema { fields: &fields, texts: "" };
    let check = |bytes: [u8; 6]| RecordRef::new(schema, &bytes).unwrap().check();
    assert_eq!(check([2, 0, b'a', b'b', 1, 3]), Ok(()));
    assert_eq!(check([2, 0, b'a', b'b', 2, 3]), Err((1, ValueError::Boolean)));
    assert_eq!(check([3, 0, b'a', b'b', 1, 3]), Err((0, ValueError::Length)));
    assert_eq!(check([1, 0, b'a', b'b', 1, 3]), Err((0, ValueError::Unused)));
    assert_eq!(check([1, 0, 0xff, 0, 1, 3]), Err((0, ValueError::Utf8)));
    // A NULL's bytes are not looked at.
    assert_eq!(check([9, 9, 0xff, 0, 1, 2]), Ok(()));
    assert_eq!(check_value(DataType::Integer, &[0; 3]), Err(ValueError::Size));
    // VARCHAR(1) has a byte of padding that its length must not reach.
    assert_eq!(check_value(DataType::Varchar(1), &[2, 0, b'a', b'b']), Err(ValueError::Length));
}

proptest! {
    /// What is set is what is read, whatever the columns; and other columns are left alone.
    #[test]
    fn columns_do_not_touch(
        columns in prop::collection::vec(
            (
                prop::sample::select(vec![
                    DataType::Boolean, DataType::SmallInt, DataType::Real, DataType::Double,
                    DataType::Varchar(0), DataType::Varchar(5), DataType::UTinyInt,
                ]),
                any::<bool>(),
                any::<bool>(),
            ),
            1..20,
        ),
    ) {
        let fields = fields(&columns.iter().map(|&(t, n, _)| (t, n)).collect::<Vec<_>>());
        let schema = Schema { fields: &fields, texts: "" };
        let layout = schema.layout();
        prop_assert_eq!(layout.record_size % layout.align, 0);
        let value = |column: usize| vec![column as u8 + 1; fields[column].data_type.size()];
        let mut bytes = vec![0xff; layout.record_size];
        let mut record = RecordMut::new(schema, &mut bytes).unwrap();
        for column in 0..columns.len() {
            record.set(column, &value(column)).unwrap();
        }
        for (column, &(_, nullable, null)) in columns.iter().enumerate() {
            if nullable && null {
                record.set_null(column).unwrap();
            }
        }
        let record = RecordRef::new(schema, &bytes).unwrap();
        for (column, &(_, nullable, null)) in columns.iter().enumerate() {
            let expected = (!(nullable && null)).then(|| value(column));
            prop_assert_eq!(record.get(column), expected.as_deref());
        }
    }
}

/// What a C struct of these members looks like: `struct { char name[3]; int32_t day; unsigned char
/// id[16]; struct { int32_t months, days; int64_t micros; } span; int64_t price; __int128 (as two
/// words) large; uint16_t len; unsigned char raw[2]; }`.
#[test]
fn the_wide_types() {
    use DataType::{Char, Date, Decimal, Interval, Uuid, Varbinary};
    let columns = [
        (Char(3), false),
        (Date, false),
        (Uuid, false),
        (Interval, false),
        (Decimal(9, 2), false),
        (Decimal(38, 2), false),
        (Varbinary(2), false),
    ];
    let fields = fields(&columns);
    let offsets: Vec<_> = fields.iter().map(|f| f.offset).collect();
    assert_eq!(offsets, [0, 4, 8, 24, 40, 48, 64]);
    let schema = Schema { fields: &fields, texts: "" };
    let mut bytes = [0xff; 72];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    record.set_text(0, "ab").unwrap();
    record.set(1, &(-1i32).to_le_bytes()).unwrap();
    record.set(2, b"0123456789abcdef").unwrap();
    record.set_interval(3, Span::new(1, -2, 3)).unwrap();
    record.set_decimal(4, -150).unwrap();
    record.set_decimal(5, 1 << 100).unwrap();
    record.set_bytes(6, &[0, 0xff]).unwrap();
    // What does not fit is not set.
    assert_eq!(record.set_text(0, "abcd"), None);
    assert_eq!(record.set_text(0, "a\0b"), None);
    assert_eq!(record.set_text(6, "a"), None);
    assert_eq!(record.set_decimal(4, 1_000_000_000), None);
    assert_eq!(record.set_decimal(5, crate::fmt::power_of_ten(38)), None);
    assert_eq!(record.set_decimal(1, 0), None);
    assert_eq!(record.set_bytes(6, &[0; 3]), None);
    assert_eq!(record.set_interval(4, Span::new(0, 0, 0)), None);

    let mut wanted = Vec::from(*b"ab\0\0");
    wanted.extend((-1i32).to_le_bytes());
    wanted.extend(b"0123456789abcdef");
    wanted.extend(1i32.to_le_bytes());
    wanted.extend((-2i32).to_le_bytes());
    wanted.extend(3i64.to_le_bytes());
    wanted.extend((-150i64).to_le_bytes());
    wanted.extend((1i128 << 100).to_le_bytes());
    wanted.extend([2, 0, 0, 0xff, 0, 0, 0, 0]);
    assert_eq!(bytes[..], wanted);

    let record = RecordRef::new(schema, &bytes).unwrap();
    assert_eq!(record.check(), Ok(()));
    assert_eq!(record.text(0), Some(&b"ab"[..]));
    assert_eq!(record.interval(3).map(Span::to_le_bytes), Some(Span::new(1, -2, 3).to_le_bytes()));
    assert_eq!((record.decimal(4), record.decimal(5)), (Some(-150), Some(1 << 100)));
    assert_eq!(record.text(6), Some(&[0, 0xff][..]));
    assert_eq!((record.decimal(1), record.interval(4), record.text(2)), (None, None, None));
}

#[test]
fn wide_bytes_from_outside_are_checked() {
    use DataType::{Char, Decimal, Interval, Time, Uuid, Varbinary};
    let day = 86_400_000_000i64;
    assert_eq!(check_value(Time, &day.to_le_bytes()), Ok(()));
    assert_eq!(check_value(Time, &(day + 1).to_le_bytes()), Err(ValueError::Time));
    assert_eq!(check_value(Time, &(-1i64).to_le_bytes()), Err(ValueError::Time));
    assert_eq!(check_value(Decimal(2, 0), &99i64.to_le_bytes()), Ok(()));
    assert_eq!(check_value(Decimal(2, 0), &(-100i64).to_le_bytes()), Err(ValueError::Digits));
    assert_eq!(check_value(Decimal(20, 0), &i128::MIN.to_le_bytes()), Err(ValueError::Digits));
    assert_eq!(check_value(Decimal(20, 0), &[0; 8]), Err(ValueError::Size));
    assert_eq!(check_value(Char(3), b"abc"), Ok(()));
    assert_eq!(check_value(Char(3), b"a\0c"), Err(ValueError::Unused));
    assert_eq!(check_value(Char(3), b"a\xff\0"), Err(ValueError::Utf8));
    assert_eq!(check_value(Varbinary(2), &[1, 0, 0xff, 0]), Ok(()));
    assert_eq!(check_value(Varbinary(2), &[1, 0, 0xff, 1]), Err(ValueError::Unused));
    assert_eq!(check_value(Varbinary(2), &[3, 0, 0, 0]), Err(ValueError::Length));
    assert_eq!(check_value(Uuid, &[0xff; 16]), Ok(()));
    assert_eq!(check_value(Interval, &[0xff; 16]), Ok(()));
}
