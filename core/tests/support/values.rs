//! Values of all types in one Rust type, to and from records.

use ringql_core::record::{RecordMut, RecordRef, text_bytes};
use ringql_core::schema::Schema;
use ringql_core::types::DataType;

/// A value of any type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// Any of the eight integers.
    Int(i128),
    /// REAL or DOUBLE.
    Float(f64),
    Text(String),
    /// Microseconds.
    Time(i64),
}

/// The records of rows of values. Panics if a value is not one of its column's type.
pub fn records(schema: Schema<'_>, rows: &[Vec<Value>]) -> Vec<u8> {
    let size = schema.layout().record_size;
    let mut bytes = vec![0; size * rows.len()];
    for (row, record) in rows.iter().zip(bytes.chunks_exact_mut(size)) {
        assert_eq!(row.len(), schema.fields.len());
        let mut record = RecordMut::new(schema, record).expect("a whole record");
        for (column, value) in row.iter().enumerate() {
            let data_type = schema.fields[column].data_type;
            let done = match value {
                Value::Null => record.set_null(column),
                Value::Text(text) => record.set_text(column, text),
                other => record.set(column, &bytes_of(data_type, other)),
            };
            assert_eq!(done, Some(()), "{value:?} in a column {data_type}");
        }
    }
    bytes
}

fn bytes_of(data_type: DataType, value: &Value) -> Vec<u8> {
    match (data_type, value) {
        (DataType::Boolean, Value::Bool(v)) => vec![u8::from(*v)],
        (DataType::Timestamp, Value::Time(v)) => v.to_le_bytes().to_vec(),
        (DataType::Real, Value::Float(v)) => (*v as f32).to_le_bytes().to_vec(),
        (DataType::Double, Value::Float(v)) => v.to_le_bytes().to_vec(),
        (t, Value::Int(v)) if t.is_integer() => v.to_le_bytes()[..t.size()].to_vec(),
        _ => panic!("{value:?} is no {data_type}"),
    }
}

/// The rows of whole records.
pub fn rows(schema: Schema<'_>, bytes: &[u8]) -> Vec<Vec<Value>> {
    let size = schema.layout().record_size;
    assert_eq!(bytes.len() % size, 0, "whole records");
    let row = |bytes| {
        let record = RecordRef::new(schema, bytes).expect("a whole record");
        record.check().expect("values of their types");
        let value = |column| {
            let bytes: Option<&[u8]> = record.get(column);
            bytes.map_or(Value::Null, |b| value_of(schema.fields[column].data_type, b))
        };
        (0..schema.fields.len()).map(value).collect()
    };
    bytes.chunks_exact(size).map(row).collect()
}

fn value_of(data_type: DataType, bytes: &[u8]) -> Value {
    let signed = || {
        let fill = if bytes.last().is_some_and(|b| *b >= 0x80) { 0xff } else { 0 };
        let mut wide = [fill; 16];
        wide[..bytes.len()].copy_from_slice(bytes);
        i128::from_le_bytes(wide)
    };
    let unsigned = || {
        let mut wide = [0; 16];
        wide[..bytes.len()].copy_from_slice(bytes);
        i128::from_le_bytes(wide)
    };
    match data_type {
        DataType::Boolean => Value::Bool(bytes != [0]),
        DataType::Timestamp => Value::Time(signed() as i64),
        DataType::Real => Value::Float(f32::from_bits(unsigned() as u32).into()),
        DataType::Double => Value::Float(f64::from_bits(unsigned() as u64)),
        DataType::Varchar(_) => {
            let text = text_bytes(bytes).expect("a text within its column");
            Value::Text(String::from_utf8(text.to_vec()).expect("UTF-8"))
        }
        DataType::UTinyInt | DataType::USmallInt | DataType::UInteger | DataType::UBigInt => {
            Value::Int(unsigned())
        }
        _ => Value::Int(signed()),
    }
}
