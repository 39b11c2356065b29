//! Fields, schemas and the record layout that follows from them.

use serde::{Deserialize, Serialize};

use crate::types::DataType;

/// A piece of a plan's text pool: a name or a text constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Text {
    /// First byte in the pool.
    pub offset: u16,
    /// Bytes.
    pub len: u16,
}

impl Text {
    /// The text in its pool; empty if it points outside (which `verify` refuses).
    #[must_use]
    pub fn of(self, pool: &str) -> &str {
        let start = self.offset as usize;
        pool.get(start..start + self.len as usize).unwrap_or("")
    }
}

/// One column of a stream, table or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Field {
    /// Its name in the plan's text pool.
    pub name: Text,
    /// Its type.
    pub data_type: DataType,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// First byte in the record; see [`Layout`].
    pub offset: u16,
}

/// The fields of a record and the pool that holds their names.
///
/// ```
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
///
/// let fields = [
///     Field { name: Text { offset: 0, len: 2 }, data_type: DataType::Timestamp, nullable: false, offset: 0 },
///     Field { name: Text { offset: 2, len: 4 }, data_type: DataType::Real, nullable: true, offset: 8 },
/// ];
/// let schema = Schema { fields: &fields, texts: "tstemp" };
/// assert_eq!(schema.name(1), "temp");
/// assert_eq!(schema.layout().record_size, 16); // 8 + 4 + 1 validity byte, rounded up to 8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema<'a> {
    /// Columns in declared order.
    pub fields: &'a [Field],
    /// The text pool.
    pub texts: &'a str,
}

impl<'a> Schema<'a> {
    /// The name of column `index`; empty if there is none.
    #[must_use]
    pub fn name(&self, index: usize) -> &'a str {
        self.fields.get(index).map_or("", |f| f.name.of(self.texts))
    }

    /// The column of this name, without regard to case.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        (0..self.fields.len()).find(|&i| self.name(i).eq_ignore_ascii_case(name))
    }

    /// Record size, alignment and place of the validity bitmap.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        Layout::of(self.fields)
    }
}

/// Where the parts of a record lie, bytes. It follows from the fields alone:
/// declared order, natural alignment, then (if any column is nullable) one bitmap with a bit per
/// column (bit i of byte i/8, set = not NULL), the whole rounded up to the largest alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes of one record.
    pub record_size: usize,
    /// Alignment of the record.
    pub align: usize,
    /// First byte of the validity bitmap, if there is one.
    pub validity: Option<usize>,
}

impl Layout {
    /// The layout of a record of these fields.
    #[must_use]
    pub const fn of(fields: &[Field]) -> Self {
        let mut end: usize = 0;
        let mut align: usize = 1;
        let mut nullable = false;
        let mut i = 0;
        while i < fields.len() {
            let t = fields[i].data_type;
            end = Self::place(end, t).saturating_add(t.size());
            if t.align() > align {
                align = t.align();
            }
            nullable |= fields[i].nullable;
            i += 1;
        }
        let validity = if nullable { Some(end) } else { None };
        if nullable {
            end = end.saturating_add(fields.len().div_ceil(8));
        }
        Self { record_size: align_up(end, align), align, validity }
    }

    /// Where the next field of type `t` starts in a record whose fields so far are `fields`.
    #[must_use]
    pub const fn next_offset(fields: &[Field], t: DataType) -> usize {
        let mut end: usize = 0;
        let mut i = 0;
        while i < fields.len() {
            let t = fields[i].data_type;
            end = Self::place(end, t).saturating_add(t.size());
            i += 1;
        }
        Self::place(end, t)
    }

    /// Where a field of type `t` starts after fields that end at byte `end`.
    pub(crate) const fn place(end: usize, t: DataType) -> usize {
        align_up(end, t.align())
    }
}

/// `n` rounded up to a multiple of `align`, a power of two; saturates, so that no plan, however
/// wrong, overflows here.
const fn align_up(n: usize, align: usize) -> usize {
    n.saturating_add(align - 1) & !(align - 1)
}
