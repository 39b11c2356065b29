//! Conversions with text on one side or both: the texts are those of [`crate::fmt`].

use core::fmt;

use super::super::failures::Failures;
use super::super::frame::{Vector, VectorMut, bit};
use super::{each, put, set_bit, slot};
use crate::arena::copy;
use crate::error::RunError;
use crate::fmt::{parse_cast, write_cast};
use crate::types::DataType;

/// Converts rows; those that do not fit become NULL.
pub(super) fn convert(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let to = dst.data_type;
    each(dst, a, failures, rows, |dst, a, row| {
        Ok(match (a.data_type, to) {
            (DataType::Varchar(_), DataType::Varchar(n)) => put(slot(dst, row), n, a.text(row)),
            (DataType::Varchar(_), DataType::Boolean) => {
                let mut value = [0];
                let fits = parse_cast(to, a.text(row), &mut value).is_ok();
                set_bit(dst.mask()?, row, value != [0]);
                fits
            }
            (DataType::Varchar(_), _) => parse_cast(to, a.text(row), slot(dst, row)).is_ok(),
            (from @ DataType::Boolean, DataType::Varchar(n)) => {
                let value = [bit(a.mask()?, row) as u8];
                print(from, &value, n, slot(dst, row))
            }
            (from, DataType::Varchar(n)) => {
                let size = from.size();
                let value = a.values.get(row * size..(row + 1) * size).unwrap_or(&[]);
                print(from, value, n, slot(dst, row))
            }
            _ => return Err(RunError::Internal),
        })
    })
}

/// Writes the text of a value into a `VARCHAR(n)`; false if it is longer than n.
fn print(from: DataType, value: &[u8], n: u16, slot: &mut [u8]) -> bool {
    let Some((length, bytes)) = slot.split_first_chunk_mut::<2>() else { return false };
    let mut text = Writer { bytes, len: 0, most: n.into() };
    let fits = write_cast(&mut text, from, value).is_ok();
    let len = if fits { text.len } else { 0 };
    if let Some(unused) = text.bytes.get_mut(len..) {
        unused.fill(0);
    }
    *length = (len as u16).to_le_bytes();
    fits
}

/// A text that grows in its place.
struct Writer<'a> {
    bytes: &'a mut [u8],
    len: usize,
    /// It fails beyond so many bytes.
    most: usize,
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len + s.len();
        if end > self.most {
            return Err(fmt::Error);
        }
        let place = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        copy(place, s.as_bytes()).map_err(|_| fmt::Error)?;
        self.len = end;
        Ok(())
    }
}
