//! The stream that expressions are over: columns of every type, and its rows.

use ringql_core::fmt::parse_cast;
use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;
use ringql_core::types::DataType::{self, *};

use crate::random::Random;
use crate::values::{Sort, text};

/// A column of the stream.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub data_type: DataType,
    sort: Sort,
    nullable: bool,
}

const fn column(name: &'static str, data_type: DataType) -> Column {
    Column { name, data_type, sort: Sort::Plain, nullable: true }
}

/// Columns of all types, most of them nullable.
pub const COLUMNS: &[Column] = &[
    column("b", Boolean),
    column("c", Boolean),
    column("i1", TinyInt),
    column("j1", TinyInt),
    column("i2", SmallInt),
    column("i4", Integer),
    column("j4", Integer),
    column("i8", BigInt),
    column("j8", BigInt),
    column("u1", UTinyInt),
    column("u2", USmallInt),
    column("u4", UInteger),
    column("u8", UBigInt),
    column("r", Real),
    column("q", Real),
    column("d", Double),
    column("e", Double),
    column("dec4", Decimal(4, 1)),
    column("dec9", Decimal(9, 3)),
    column("dec18", Decimal(18, 6)),
    column("dec38", Decimal(38, 10)),
    column("dt", Date),
    column("du", Date),
    column("tm", Time),
    column("ts", Timestamp),
    column("tu", Timestamp),
    column("tz", TimestampTz),
    column("iv", Interval),
    column("iw", Interval),
    column("s", Varchar(32)),
    column("t", Varchar(8)),
    column("ch", Char(6)),
    column("bl", Varbinary(16)),
    column("bm", Varbinary(4)),
    column("uu", Uuid),
    column("uv", Uuid),
    Column { sort: Sort::Numbers, ..column("sn", Varchar(24)) },
    Column { sort: Sort::Times, ..column("st", Varchar(32)) },
    Column { nullable: false, ..column("n4", Integer) },
    Column { nullable: false, ..column("nd", Double) },
    Column { nullable: false, ..column("ns", Varchar(12)) },
    Column { nullable: false, ..column("nb", Boolean) },
];

/// The statement that defines the stream.
#[must_use]
pub fn stream() -> String {
    let column = |c: &Column| {
        format!("{} {}{}", c.name, c.data_type, if c.nullable { "" } else { " NOT NULL" })
    };
    let columns: Vec<String> = COLUMNS.iter().map(column).collect();
    format!("CREATE STREAM s ({})", columns.join(", "))
}

/// A row of texts; `None` is NULL.
pub type Row = Vec<Option<String>>;

/// So many random rows. The first ones have no NULL, the next one nothing else.
pub fn rows(count: usize, random: &mut Random) -> Vec<Row> {
    let value = |row: usize, c: &Column, random: &mut Random| {
        let null = c.nullable && (row == 4 || row > 4 && random.one_in(8));
        let text = text(c.data_type, c.sort, random);
        (!null).then_some(text)
    };
    (0..count).map(|row| COLUMNS.iter().map(|c| value(row, c, random)).collect()).collect()
}

/// The rows as records, one after another.
///
/// # Panics
/// If a text is no value of its column.
#[must_use]
pub fn records(schema: Schema<'_>, rows: &[Row]) -> Vec<u8> {
    let size = schema.layout().record_size;
    let mut all = vec![0; size * rows.len()];
    for (row, bytes) in rows.iter().zip(all.chunks_exact_mut(size)) {
        let mut record = RecordMut::new(schema, bytes).expect("a whole record");
        for (i, text) in row.iter().enumerate() {
            let Some(text) = text else { continue };
            let t = schema.fields[i].data_type;
            let value = record.value_mut(i).expect("a column");
            parse_cast(t, text.as_bytes(), value)
                .unwrap_or_else(|error| panic!("the {t} {text:?} {error}"));
        }
    }
    all
}
