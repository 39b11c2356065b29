//! Kernels written a row at a time: typed arguments in, a value, NULL or a failure out.

mod text;

use bytemuck::Pod;

use crate::arena::{slice, slice_mut};
use crate::error::RunError;
use crate::plan::signature::MAX_ARGUMENTS;
use crate::types::{DataType, Span, Uuid16, Wide};

use super::call::{Input, Invocation, Values};
use super::element::Element;
use super::frame::{bit, text_bytes};
use super::function::MAX_ROW_ARGUMENTS;
pub use text::{TextWriter, texts, texts_by_row};

/// What a row gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<R> {
    /// A value.
    Value(R),
    /// NULL.
    Null,
    /// NULL, and the row is counted as failed.
    Failed,
}

impl<R> From<Option<R>> for Outcome<R> {
    /// `None` is a failure.
    #[inline]
    fn from(value: Option<R>) -> Self {
        value.map_or(Self::Failed, Self::Value)
    }
}

/// A type that an argument can be read as.
pub trait Read<'a>: Sized {
    /// The argument's values.
    type Column: Copy;

    /// Finds the values, once for all rows.
    ///
    /// # Errors
    /// [`RunError::Internal`] if the argument has another type.
    fn column(input: Input<'a>, rows: usize) -> Result<Self::Column, RunError>;

    /// The value of a row.
    fn at(column: &Self::Column, row: usize) -> Self;
}

/// Values of one size.
#[derive(Clone, Copy, Debug)]
pub struct Fixed<'a, T> {
    pub(super) vector: &'a [T],
    /// What rows that `vector` does not have are.
    pub(super) constant: T,
}

/// Bits.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    vector: &'a [u64],
    constant: bool,
}

/// Texts or bytes.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    vector: &'a [u8],
    stride: usize,
    constant: &'a [u8],
}

macro_rules! fixed {
    ($($t:ty),*) => {$(
        impl<'a> Read<'a> for $t {
            type Column = Fixed<'a, $t>;

            fn column(input: Input<'a>, rows: usize) -> Result<Self::Column, RunError> {
                Ok(match input.values {
                    Values::Vector(v) => {
                        Fixed { vector: v.of(rows)?, constant: <$t as bytemuck::Zeroable>::zeroed() }
                    }
                    Values::Constant(c) => {
                        Fixed { vector: &[], constant: <$t as Element>::from_constant(input.plan, c) }
                    }
                })
            }

            #[inline]
            fn at(column: &Self::Column, row: usize) -> Self {
                column.vector.get(row).copied().unwrap_or(column.constant)
            }
        }
        impl Write for $t {
            type Slots<'d> = &'d mut [$t];

            fn slots(values: &mut [u8], rows: usize) -> Result<Self::Slots<'_>, RunError> {
                pod_slots(values, rows)
            }

            #[inline]
            fn put(slots: &mut Self::Slots<'_>, row: usize, value: Self) {
                if let Some(slot) = slots.get_mut(row) {
                    *slot = value;
                }
            }
        }
    )*};
}
fixed!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Wide, Span, Uuid16);

pub(super) fn pod_slots<T: Pod>(values: &mut [u8], rows: usize) -> Result<&mut [T], RunError> {
    slice_mut(values.get_mut(..rows * size_of::<T>()).ok_or(RunError::Internal)?)
}

impl<'a> Read<'a> for bool {
    type Column = Bits<'a>;

    fn column(input: Input<'a>, _: usize) -> Result<Self::Column, RunError> {
        Ok(match input.values {
            Values::Vector(v) => Bits { vector: slice(v.values)?, constant: false },
            Values::Constant(c) => Bits { vector: &[], constant: c.0 & 1 != 0 },
        })
    }

    #[inline]
    fn at(column: &Self::Column, row: usize) -> Self {
        column.vector.get(row / 64).map_or(column.constant, |word| word >> (row % 64) & 1 != 0)
    }
}

/// A text's bytes (UTF-8, unless a producer wrote something else) or those of a VARBINARY.
impl<'a> Read<'a> for &'a [u8] {
    type Column = Texts<'a>;

    fn column(input: Input<'a>, _: usize) -> Result<Self::Column, RunError> {
        Ok(match input.values {
            Values::Vector(v) => Texts { vector: v.values, stride: v.stride(), constant: &[] },
            Values::Constant(c) => {
                let constant = match input.data_type {
                    DataType::Varbinary(_) => c.as_bytes().of(input.plan.bytes),
                    _ => c.as_text().of(input.plan.texts).as_bytes(),
                };
                Texts { vector: &[], stride: 0, constant }
            }
        })
    }

    #[inline]
    fn at(column: &Self::Column, row: usize) -> Self {
        if column.stride == 0 {
            return column.constant;
        }
        let start = row.wrapping_mul(column.stride);
        let end = start.wrapping_add(column.stride);
        column.vector.get(start..end).map_or(&[], text_bytes)
    }
}

/// NULL as `None`, for functions that look at NULLs themselves.
impl<'a, T: Read<'a>> Read<'a> for Option<T> {
    type Column = (T::Column, Input<'a>);

    fn column(input: Input<'a>, rows: usize) -> Result<Self::Column, RunError> {
        Ok((T::column(input, rows)?, input))
    }

    #[inline]
    fn at((column, input): &Self::Column, row: usize) -> Self {
        input.is_valid(row).then(|| T::at(column, row))
    }
}

/// A tuple of arguments.
pub trait Arguments<'a>: Sized {
    /// Their values.
    type Columns: Copy;

    /// Finds the values, once for all rows.
    ///
    /// # Errors
    /// [`RunError::Internal`] if the call has other arguments.
    fn columns(call: &Invocation<'a>) -> Result<Self::Columns, RunError>;

    /// The values of a row.
    fn at(columns: &Self::Columns, row: usize) -> Self;
}

/// No arguments.
impl<'a> Arguments<'a> for () {
    type Columns = ();

    fn columns(_: &Invocation<'a>) -> Result<Self::Columns, RunError> {
        Ok(())
    }

    fn at((): &Self::Columns, _: usize) -> Self {}
}

macro_rules! tuples {
    ($(($($t:ident $i:tt),*))*) => {$(
        impl<'a, $($t: Read<'a>),*> Arguments<'a> for ($($t,)*) {
            type Columns = ($($t::Column,)*);

            fn columns(call: &Invocation<'a>) -> Result<Self::Columns, RunError> {
                Ok(($($t::column(call.input($i)?, call.rows())?,)*))
            }

            #[inline]
            fn at(columns: &Self::Columns, row: usize) -> Self {
                ($($t::at(&columns.$i, row),)*)
            }
        }
    )*};
}
tuples! {
    (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5) (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
}

/// A type that a result can be written as.
pub trait Write: Sized {
    /// The result's values.
    type Slots<'d>;

    /// Finds them, once for all rows.
    ///
    /// # Errors
    /// [`RunError::Internal`] if the result has another type.
    fn slots(values: &mut [u8], rows: usize) -> Result<Self::Slots<'_>, RunError>;

    /// Sets the value of a row.
    fn put(slots: &mut Self::Slots<'_>, row: usize, value: Self);
}

impl Write for bool {
    type Slots<'d> = &'d mut [u64];

    fn slots(values: &mut [u8], _: usize) -> Result<Self::Slots<'_>, RunError> {
        slice_mut(values)
    }

    #[inline]
    fn put(slots: &mut Self::Slots<'_>, row: usize, value: Self) {
        if let Some(word) = slots.get_mut(row / 64) {
            *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
        }
    }
}

/// `result = f(arguments)` in every row without a NULL.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn map<'a, A: Arguments<'a>, R: Write>(
    call: &mut Invocation<'a>,
    f: impl Fn(A) -> R,
) -> Result<(), RunError> {
    outcomes(call, |arguments| Outcome::Value(f(arguments)))
}

/// The same for an `f` that can fail: `None` is NULL and counted.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn try_map<'a, A: Arguments<'a>, R: Write>(
    call: &mut Invocation<'a>,
    f: impl Fn(A) -> Option<R>,
) -> Result<(), RunError> {
    outcomes(call, |arguments| f(arguments).into())
}

/// The same for an `f` that gives values, NULLs and failures.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn outcomes<'a, A: Arguments<'a>, R: Write>(
    call: &mut Invocation<'a>,
    f: impl Fn(A) -> Outcome<R>,
) -> Result<(), RunError> {
    let columns = A::columns(call)?;
    by_row(call, |row| f(A::at(&columns, row)))
}

/// The columns of all arguments, for a function with any number of them.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn columns<'a, T: Read<'a>>(
    call: &Invocation<'a>,
) -> Result<[Option<T::Column>; MAX_ARGUMENTS], RunError> {
    let mut columns = [None; MAX_ARGUMENTS];
    for (at, column) in columns.iter_mut().enumerate().take(call.arguments()) {
        *column = Some(T::column(call.input(at)?, call.rows())?);
    }
    Ok(columns)
}

/// [`outcomes`] for a function with any number of arguments: `f` is given the row.
///
/// # Errors
/// [`RunError::Internal`] if the result has another type.
pub fn by_row<R: Write>(
    call: &mut Invocation<'_>,
    f: impl Fn(usize) -> Outcome<R>,
) -> Result<(), RunError> {
    let rows = call.rows();
    let (failures, dst) = (&mut call.failures, &mut call.dst);
    let mut slots = R::slots(dst.values, rows)?;
    let Some(validity) = dst.validity.as_deref_mut() else {
        for row in 0..rows {
            if let Outcome::Value(value) = f(row) {
                R::put(&mut slots, row, value);
            }
        }
        return Ok(());
    };
    for (word, start) in validity.iter_mut().zip((0..rows).step_by(64)) {
        let open = *word;
        for row in start..rows.min(start + 64) {
            let bit = 1 << (row % 64);
            if open & bit == 0 {
                continue;
            }
            match f(row) {
                Outcome::Value(value) => R::put(&mut slots, row, value),
                Outcome::Null => *word &= !bit,
                Outcome::Failed => {
                    *word &= !bit;
                    failures.row(row);
                }
            }
        }
    }
    Ok(())
}

/// A function over slices: all arguments of a row in one.
pub(super) fn slices<T>(call: &mut Invocation<'_>, f: fn(&[T]) -> T) -> Result<(), RunError>
where
    T: Element + Write + for<'a> Read<'a>,
{
    let count = call.arguments();
    let mut inputs = [None; MAX_ROW_ARGUMENTS];
    for (at, input) in inputs.iter_mut().enumerate().take(count) {
        *input = Some(T::column(call.input(at)?, call.rows())?);
    }
    let rows = call.rows();
    let mut values = [T::zeroed(); MAX_ROW_ARGUMENTS];
    let dst = &mut call.dst;
    let mut slots = T::slots(dst.values, rows)?;
    let validity = dst.validity.as_deref();
    let is_open = |row: usize| validity.is_none_or(|mask| bit(mask, row));
    for row in (0..rows).filter(|&row| is_open(row)) {
        for (value, input) in values.iter_mut().zip(&inputs) {
            if let Some(input) = input {
                *value = T::at(input, row);
            }
        }
        let value = f(values.get(..count).ok_or(RunError::Internal)?);
        T::put(&mut slots, row, value);
    }
    Ok(())
}
