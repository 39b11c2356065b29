//! Records of values from the edges of their types, of small ones, and of parts of the fuzzer's
//! bytes.

use ringql_core::fmt::parse_cast;
use ringql_core::record::{RecordMut, check_value};
use ringql_core::schema::Schema;
use ringql_core::types::DataType;

use crate::common::Random;

/// Words that mean something to some function or cast.
const TEXTS: [&str; 16] = [
    "",
    "a",
    "17",
    "-1.5e3",
    "true",
    "über 日本🦆",
    "2024-02-29 23:59:60.999999+14:30",
    "9999-12-31",
    "-0044-03-15",
    "24:00:00",
    "1 year -2 mons 3 days 04:05:06.789",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "\\x00\\xFF",
    "%_\\%",
    "aaaaaaaaaaaaaaaaaaaaaaab",
    "340282366920938463463374607431768211455",
];

const FLOATS: [f64; 14] = [
    0.0,
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    0.1,
    -0.5,
    2.5,
    1e15,
    9.223_372_036_854_775e18,
    1e308,
];

/// Whole records; sound ones are values of their types.
pub fn records(
    schema: Schema<'_>,
    rows: usize,
    sound: bool,
    pool: &[u8],
    random: &mut Random,
) -> Vec<u8> {
    let size = schema.layout().record_size;
    let mut bytes = vec![0; size * rows];
    let mut value = Vec::new();
    for record in bytes.chunks_exact_mut(size) {
        if !sound {
            // In unused bytes and under NULLs.
            record.fill(random.next() as u8);
        }
        let mut record = RecordMut::new(schema, record).expect("a whole record");
        for (column, field) in schema.fields.iter().enumerate() {
            if field.nullable && random.one_in(6) {
                record.set_null(column).expect("it can be NULL");
                continue;
            }
            value.clear();
            value.resize(field.data_type.size(), 0);
            fill(field.data_type, &mut value, pool, random);
            if sound && check_value(field.data_type, &value).is_err() {
                value.fill(0);
            }
            record.set(column, &value).expect("a value of the right size");
        }
    }
    bytes
}

fn fill(data_type: DataType, value: &mut [u8], pool: &[u8], random: &mut Random) {
    let start = random.below(pool.len());
    let part = pool.get(start..).unwrap_or_default();
    match random.below(8) {
        0 | 1 => {
            let part = &part[..part.len().min(value.len())];
            value[..part.len()].copy_from_slice(part);
        }
        2 | 3 => text(data_type, TEXTS[random.below(TEXTS.len())].as_bytes(), value),
        4 => text(data_type, &part[..part.len().min(random.below(24))], value),
        5 => {
            let float = FLOATS[random.below(FLOATS.len())];
            match value.len() {
                4 => value.copy_from_slice(&(float as f32).to_le_bytes()),
                8 => value.copy_from_slice(&float.to_le_bytes()),
                _ => value.fill(0),
            }
        }
        6 => {
            // The least and the greatest, of all widths.
            let shift = random.below(65) as u32;
            let edge = 1u64.checked_shl(shift).unwrap_or(0).wrapping_sub(random.below(2) as u64);
            for (i, byte) in value.iter_mut().enumerate() {
                *byte = edge.to_le_bytes().get(i).copied().unwrap_or((shift > 32) as u8 * 0xff);
            }
        }
        _ => {
            let small = random.below(300) as i64 - 100;
            for (byte, from) in value.iter_mut().zip(small.to_le_bytes()) {
                *byte = from;
            }
        }
    }
}

/// The value that a text stands for; of texts and bytes the text itself, valid or not.
fn text(data_type: DataType, text: &[u8], value: &mut [u8]) {
    match data_type {
        DataType::Varchar(n) | DataType::Varbinary(n) => {
            let text = &text[..text.len().min(n.into())];
            value[..2].copy_from_slice(&(text.len() as u16).to_le_bytes());
            value[2..2 + text.len()].copy_from_slice(text);
        }
        DataType::Char(_) => {
            let text = &text[..text.len().min(value.len())];
            value[..text.len()].copy_from_slice(text);
        }
        _ => {
            if parse_cast(data_type, text, value).is_err() {
                value.fill(0);
            }
        }
    }
}
