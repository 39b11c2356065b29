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
    pub(crate) fn iter<const N: usize>(self) -> impl Iterator<Item = &'a [u8; N]> + Clone {
        let offset = self.offset;
        // What lies in one row lies in all: no row is left out.
        let value = move |row: &'a [u8]| row.get(offset..).and_then(<[u8]>::first_chunk::<N>);
        self.bytes.chunks_exact(self.stride.max(1)).map(move |row| value(row).unwrap_or(&[0; N]))
    }

    /// The same, four rows at a time, and the rest.
    #[inline]
    pub(crate) fn fours<const N: usize>(
        self,
    ) -> (impl Iterator<Item = [&'a [u8; N]; 4]>, impl Iterator<Item = &'a [u8; N]>) {
        let (offset, stride) = (self.offset, self.stride.max(1));
        let four = self.bytes.chunks_exact(stride.saturating_mul(4).max(1));
        let rest = Self { bytes: four.remainder(), ..self };
        let value = move |rows: &'a [u8], row: usize| {
            let start = row * stride + offset;
            rows.get(start..).and_then(<[u8]>::first_chunk::<N>).unwrap_or(&[0; N])
        };
        (four.map(move |rows| [0, 1, 2, 3].map(|row| value(rows, row))), rest.iter())
    }

    /// The bytes of each row's value, if there is nothing in between.
    #[inline]
    pub(crate) fn adjacent<const N: usize>(&self) -> Option<&'a [[u8; N]]> {
        (self.stride == N).then_some(self.bytes.as_chunks().0)
    }

    /// The bytes from the first value on, `N` by `N`, and how many of these a row is away from the
    /// next one; `None` if rows are no whole number of them. One check is enough to read a row.
    #[inline]
    pub(crate) fn in_steps<const N: usize>(self) -> Option<(&'a [[u8; N]], usize)> {
        let bytes = self.bytes.get(self.offset..)?;
        let is_whole = self.stride.is_multiple_of(N);
        is_whole.then(|| (bytes.as_chunks::<N>().0, self.stride / N.max(1)))
    }

    /// `rows` rows from `first` on, without what says which are NULL.
    #[inline]
    pub(crate) fn part(self, first: usize, rows: usize) -> Self {
        let (start, end) = (first * self.stride, (first + rows) * self.stride);
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let bytes = self.bytes.get(start..end).unwrap_or(rest);
        Self { bytes, validity: Validity::All, ..self }
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
