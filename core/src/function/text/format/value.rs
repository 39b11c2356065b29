//! Values of any type that a format writes.

use crate::error::RunError;
use crate::function::Input;
use crate::function::rows::Read;
use crate::types::Kind;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(&'a [u8]),
}

macro_rules! columns {
    ($($kind:ident $t:ty, $value:expr;)*) => {
        /// The values of an argument.
        #[derive(Clone, Copy)]
        pub(super) enum Column<'a> {
            $($kind(<$t as Read<'a>>::Column),)*
        }

        impl<'a> Read<'a> for Value<'a> {
            type Column = Column<'a>;

            fn column(input: Input<'a>, rows: usize) -> Result<Column<'a>, RunError> {
                match input.data_type.kind() {
                    $(Kind::$kind => Ok(Column::$kind(<$t as Read<'a>>::column(input, rows)?)),)*
                    #[allow(unreachable_patterns, reason = "kinds whose values are converted")]
                    _ => Err(RunError::Internal),
                }
            }

            fn at(column: &Column<'a>, row: usize) -> Self {
                match column {
                    $(Column::$kind(column) => {
                        let value: $t = Read::at(column, row);
                        $value(value)
                    })*
                }
            }
        }
    };
}

columns! {
    Bool bool, Value::Bool;
    I8 i8, |v| Value::Signed(i64::from(v));
    I16 i16, |v| Value::Signed(i64::from(v));
    I32 i32, |v| Value::Signed(i64::from(v));
    I64 i64, Value::Signed;
    U8 u8, |v| Value::Unsigned(u64::from(v));
    U16 u16, |v| Value::Unsigned(u64::from(v));
    U32 u32, |v| Value::Unsigned(u64::from(v));
    U64 u64, Value::Unsigned;
    F32 f32, |v| Value::Float(f64::from(v));
    F64 f64, Value::Float;
    Text &'a [u8], Value::Text;
}
