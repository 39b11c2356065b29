//! A column of a batch: values at a stride, read in place.

/// One column's values inside a batch: row i's value starts at byte `i * stride + offset`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a> {
    /// The rows' bytes.
    pub(crate) bytes: &'a [u8],
    /// Bytes from one row's value to the next one's.
    pub(crate) stride: usize,
    /// Where the value lies in a row.
    pub(crate) offset: usize,
    /// Which rows are NULL.
    pub(crate) validity: Validity<'a>,
}

/// Which rows of a column are NULL.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Validity<'a> {
    /// None.
    All,
    /// Those whose bit in the record's own bitmap is clear.
    InRecord {
        /// The bitmap's byte in the record.
        byte: usize,
        /// The bit in it.
        bit: usize,
    },
    /// Those whose bit in the column's bitmap is clear; the batch starts at bit `skip`.
    Bitmap {
        /// One bit per row.
        bits: &'a [u8],
        /// Rows of the bitmap before the batch.
        skip: usize,
    },
}

impl<'a> Column<'a> {
    /// The bytes of each row's value, `N` of them, in order.
    #[inline]
    pub(crate) fn iter<const N: usize>(self) -> impl Iterator<Item = &'a [u8; N]> {
        let offset = self.offset;
        self.bytes
            .chunks_exact(self.stride.max(1))
            .filter_map(move |row| row.get(offset..).and_then(<[u8]>::first_chunk::<N>))
    }

    /// The bytes of row `row`'s value.
    #[inline]
    pub(crate) fn get<const N: usize>(&self, row: usize) -> Option<&'a [u8; N]> {
        self.bytes.get(row * self.stride + self.offset..)?.first_chunk::<N>()
    }

    /// The `size` bytes of row `row`'s value.
    #[inline]
    pub(crate) fn slice(&self, row: usize, size: usize) -> Option<&'a [u8]> {
        self.bytes.get(row * self.stride + self.offset..)?.get(..size)
    }

    /// Whether row `row` is not NULL.
    #[inline]
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        match self.validity {
            Validity::All => true,
            Validity::InRecord { byte, bit } => {
                self.bytes.get(row * self.stride + byte).is_some_and(|b| b >> bit & 1 != 0)
            }
            Validity::Bitmap { bits, skip } => {
                let row = row + skip;
                bits.get(row / 8).is_some_and(|b| b >> (row % 8) & 1 != 0)
            }
        }
    }
}
