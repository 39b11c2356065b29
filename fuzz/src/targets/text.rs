//! Texts to values and back: any text is refused or a value of its type, which is written as a text
//! that reads back as the same value; any bytes are written as something.

use ringql_core::fmt::{parse_cast, parse_value, write_cast, write_value};
use ringql_core::record::check_value;
use ringql_core::time::calendar::{LocalTimestamp, write_timestamp_short};
use ringql_core::time::civil::{
    civil_from_days, day_of_year, days_from_civil, days_in_month, iso_week, weekday,
};
use ringql_core::time::date::{cast_date, date_of, midnight};
use ringql_core::time::time_of_day::{cast_time, time_of, write_time};
use ringql_core::types::{DataType, Kind};

pub const TYPES: [DataType; 29] = [
    DataType::Boolean,
    DataType::TinyInt,
    DataType::SmallInt,
    DataType::Integer,
    DataType::BigInt,
    DataType::UTinyInt,
    DataType::USmallInt,
    DataType::UInteger,
    DataType::UBigInt,
    DataType::Real,
    DataType::Double,
    DataType::Timestamp,
    DataType::TimestampTz,
    DataType::Date,
    DataType::Time,
    DataType::Interval,
    DataType::Uuid,
    DataType::Decimal(1, 1),
    DataType::Decimal(9, 3),
    DataType::Decimal(18, 0),
    DataType::Decimal(18, 18),
    DataType::Decimal(19, 5),
    DataType::Decimal(38, 0),
    DataType::Decimal(38, 38),
    DataType::Varchar(1),
    DataType::Varchar(4096),
    DataType::Char(7),
    DataType::Varbinary(1),
    DataType::Varbinary(33),
];

/// Of how many types, other than texts, the text was a value.
pub fn run(data: &[u8]) -> usize {
    dates(data);
    TYPES
        .iter()
        .filter(|data_type| {
            writes(**data_type, data);
            reads(**data_type, data) && data_type.kind() != Kind::Text
        })
        .count()
}

fn reads(data_type: DataType, text: &[u8]) -> bool {
    let mut value = vec![0xAA; data_type.size()];
    let is_cast = parse_cast(data_type, text, &mut value).is_ok();
    if is_cast {
        assert_eq!(check_value(data_type, &value), Ok(()), "{data_type}");
        reads_back(data_type, &value);
    }
    let is_data = parse_value(data_type, text, &mut value).is_ok();
    if is_data {
        assert_eq!(check_value(data_type, &value), Ok(()), "{data_type}");
        reads_back(data_type, &value);
        assert!(is_cast, "{data_type}: data takes what CAST does not");
    }
    is_cast
}

/// A value's text is that of the same value.
fn reads_back(data_type: DataType, value: &[u8]) {
    let mut text = String::new();
    write_value(&mut text, data_type, value).expect("it can be written");
    let mut again = vec![0xAA; value.len()];
    let read = parse_value(data_type, text.as_bytes(), &mut again);
    assert_eq!(read, Ok(()), "{data_type}: {text}");
    assert_eq!(again, value, "{data_type}: {text}");
}

/// The data as the bytes of a value, sound or not.
fn writes(data_type: DataType, data: &[u8]) {
    let mut value = vec![0; data_type.size()];
    let len = value.len().min(data.len());
    value[..len].copy_from_slice(&data[..len]);
    let (mut text, mut cast) = (String::new(), String::new());
    let _ = write_value(&mut text, data_type, &value);
    let _ = write_cast(&mut cast, data_type, &value);
}

/// The calendar, at a number of days, microseconds or years.
fn dates(data: &[u8]) {
    let mut bytes = [0; 8];
    let len = data.len().min(8);
    bytes[..len].copy_from_slice(&data[..len]);
    let number = i64::from_le_bytes(bytes);
    let (year, month, day) = civil_from_days(number);
    let _ = days_from_civil(year, month, day);
    let _ = (days_from_civil(number, bytes[0], bytes[1]), days_in_month(number, bytes[0]));
    let _ = (day_of_year(number), iso_week(number), weekday(number));
    let _ = (date_of(number), time_of(number), midnight(number as i32));
    let mut text = String::new();
    let _ = (write_timestamp_short(&mut text, number), write_time(&mut text, number));
    let _ =
        (cast_date(data), cast_time(data), LocalTimestamp::parse(data).map(LocalTimestamp::to_utc));
}
