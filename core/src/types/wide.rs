//! Values of 16 bytes as registers and records hold them: two words, aligned to 8 bytes. (Rust's own
//! i128 is aligned to 16, the arena is not.)

use core::cmp::Ordering;

use bytemuck::{Pod, Zeroable};

macro_rules! sixteen {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
        #[repr(transparent)]
        pub struct $name([u64; 2]);

        impl $name {
            /// From its bytes in a record.
            #[must_use]
            pub const fn from_le_bytes(bytes: [u8; 16]) -> Self {
                let both = u128::from_le_bytes(bytes);
                Self([both as u64, (both >> 64) as u64])
            }

            /// Its bytes in a record.
            #[must_use]
            pub const fn to_le_bytes(self) -> [u8; 16] {
                ((self.0[1] as u128) << 64 | self.0[0] as u128).to_le_bytes()
            }
        }
    )*};
}

sixteen! {
    /// A whole number of 128 bits: a DECIMAL of more than 18 digits.
    ///
    /// ```
    /// use ringql_core::types::Wide;
    /// let wide = Wide::new(-5);
    /// assert_eq!(wide.get(), -5);
    /// assert_eq!(wide.to_le_bytes(), (-5i128).to_le_bytes());
    /// assert!(wide < Wide::new(1 << 100));
    /// ```
    Wide
    /// An INTERVAL: months, days and microseconds. They compare as DuckDB's do: a month as 30 days,
    /// a day as 24 hours.
    ///
    /// ```
    /// use ringql_core::types::Span;
    /// let month = Span::new(1, 0, 0);
    /// assert_eq!(month, Span::new(0, 30, 0));
    /// assert!(month < Span::new(0, 30, 1));
    /// assert_eq!((month.months(), month.days(), month.micros()), (1, 0, 0));
    /// ```
    Span
    /// A UUID: its bytes are those of RFC 4122, and it compares by them.
    ///
    /// ```
    /// use ringql_core::types::Uuid16;
    /// let uuid = Uuid16::from_le_bytes(*b"0123456789abcdef");
    /// assert_eq!(uuid.to_le_bytes(), *b"0123456789abcdef");
    /// assert!(uuid < Uuid16::from_le_bytes(*b"123456789abcdef0"));
    /// ```
    Uuid16
}

impl Wide {
    /// The number as registers hold it.
    #[must_use]
    pub const fn new(value: i128) -> Self {
        Self::from_le_bytes(value.to_le_bytes())
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i128 {
        i128::from_le_bytes(self.to_le_bytes())
    }
}

/// Microseconds of a day, and days of a month, where intervals compare.
const DAY: i64 = 86_400_000_000;
const MONTH: i64 = 30;

impl Span {
    /// An interval of these parts.
    #[must_use]
    pub const fn new(months: i32, days: i32, micros: i64) -> Self {
        let low = months.cast_unsigned() as u64 | (days.cast_unsigned() as u64) << 32;
        Self([low, micros.cast_unsigned()])
    }

    /// Months, of any length.
    #[must_use]
    pub const fn months(self) -> i32 {
        self.0[0] as i32
    }

    /// Days, of any length.
    #[must_use]
    pub const fn days(self) -> i32 {
        (self.0[0] >> 32) as i32
    }

    /// Microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0[1].cast_signed()
    }

    /// All of it in microseconds, a month as 30 days and a day as 24 hours: the order of intervals.
    #[must_use]
    pub const fn total(self) -> i128 {
        let days = self.months() as i64 * MONTH + self.days() as i64;
        days as i128 * DAY as i128 + self.micros() as i128
    }

    /// The interval that stands for all that are equal to it: as many months as go, then days.
    #[must_use]
    pub const fn normal(self) -> Self {
        let total = self.total();
        let months = clamp(total / (MONTH as i128 * DAY as i128));
        let rest = total - months as i128 * (MONTH as i128 * DAY as i128);
        let days = clamp(rest / DAY as i128);
        // What is left is less than the microseconds that an interval of this length had.
        Self::new(months, days, (rest - days as i128 * DAY as i128) as i64)
    }
}

const fn clamp(n: i128) -> i32 {
    if n > i32::MAX as i128 {
        i32::MAX
    } else if n < i32::MIN as i128 {
        i32::MIN
    } else {
        n as i32
    }
}

impl Uuid16 {
    pub(crate) const fn order(self) -> (u64, u64) {
        (self.0[0].swap_bytes(), self.0[1].swap_bytes())
    }
}

macro_rules! ordered {
    ($($name:ident $key:ident;)*) => {$(
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.$key() == other.$key()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                self.$key().cmp(&other.$key())
            }
        }
    )*};
}
ordered! {
    Wide get;
    Span total;
    Uuid16 order;
}
