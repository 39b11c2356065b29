//! Functions of this device's own, for SQL. `build.rs` compiles SQL that calls them, and so does the
//! host's example of the same name: the file is shared.

use ringql_core::counters::Failure;
use ringql_core::error::RunError;
use ringql_core::function::Param::Is;
use ringql_core::function::{Function, Functions, Invocation, Returns, RowKernel, rows};
use ringql_core::types::DataType::Real;

/// What the SQL of this device can call: these two, and no built-in function.
pub const FUNCTIONS: Functions<'static> = Functions::NONE.with(&[
    // A row at a time: a plain function of its arguments.
    Function::per_row("celsius", 1, RowKernel::F32(celsius)),
    // Over a whole batch: it can give NULL, or fail in a row.
    Function::new("plausible", &[Is(Real), Is(Real), Is(Real)], Returns::Is(Real), plausible)
        .fails(Failure::Function),
]);

fn celsius(fahrenheit: &[f32]) -> f32 {
    fahrenheit.first().map_or(f32::NAN, |f| (f - 32.0) / 1.8)
}

/// `plausible(x, low, high)`: x if it is in range, else NULL, and counted.
fn plausible(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::try_map(call, |(x, low, high): (f32, f32, f32)| (low..=high).contains(&x).then_some(x))
}
