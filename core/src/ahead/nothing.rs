//! Without feature `simd` nothing is asked for: a microcontroller has no caches worth it.

use core::marker::PhantomData;

use crate::batch::Batch;
use crate::plan::Plan;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns;

impl Columns {
    pub(crate) const fn of(_: &Plan<'_>) -> Self {
        Self
    }
}

#[derive(Debug)]
pub(crate) struct Ahead<'a>(PhantomData<&'a ()>);

impl<'a> Ahead<'a> {
    pub(crate) const fn of(_: &Batch<'a>, _: &Plan<'_>, _: Columns) -> Option<Self> {
        None
    }
}
