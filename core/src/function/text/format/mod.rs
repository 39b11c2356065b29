//! FORMAT and PRINTF: values as text, as a constant format says.

#[cfg(feature = "sql")]
mod compile;
mod spec;
mod value;
mod write;

use self::spec::{Piece, pieces};
use self::value::Value;
use crate::counters::Failure;
use crate::error::RunError;
use crate::function::Param::Printed;
use crate::function::rows::{Outcome, Read};
use crate::function::{Function, Invocation, MAX_ARGUMENTS, Param, Prepared, Returns, rows};

/// Values as text, as a format says.
pub const FORMAT: &[Function] = &[
    Function::new("format", &[BRACES, Printed], LENGTH, format)
        .variadic()
        .fails(Failure::Text)
        .doc(
            "The format with each {} replaced by the next value, {0} by the first, and \
             {:8.2f} by one with a width, a precision and a type (d x X o b e f g). It fails where \
             a value is not of the type.",
            "format('{}: {:.1f} C', 'oven', 181.26)",
        ),
    Function::new("format", &[BRACES], LENGTH, format)
        .fails(Failure::Text)
        .doc("The format, in which {{ is {.", "format('{{}}')"),
    Function::new("printf", &[PERCENT, Printed], LENGTH, format)
        .variadic()
        .fails(Failure::Text)
        .doc(
            "FORMAT with a format as C has it: %d %x %o %e %f %g %s, each with flags, a width \
             and a precision.",
            "printf('%s: %5.1f C', 'oven', 181.26)",
        ),
    Function::new("printf", &[PERCENT], LENGTH, format)
        .fails(Failure::Text)
        .doc("The format, in which %% is %.", "printf('100%%')"),
];

/// A format says nothing of the length that a number takes.
const LENGTH: Returns = Returns::Text(|_| Returns::UNBOUNDED);

const BRACES: Param = Param::Prepared(Prepared {
    what: "a format",
    check: spec::check,
    #[cfg(feature = "sql")]
    compile: |text, behind| Ok(compile::filled(compile::braces(text)?, behind.len())?),
});

const PERCENT: Param = Param::Prepared(Prepared {
    what: "a format of C",
    check: spec::check,
    #[cfg(feature = "sql")]
    compile: |text, behind| Ok(compile::filled(compile::percent(text)?, behind.len())?),
});

fn format(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let prepared = call.input(0)?.prepared();
    let mut columns = [None; MAX_ARGUMENTS];
    for (at, column) in columns.iter_mut().enumerate().take(call.arguments()).skip(1) {
        *column = Some(Value::column(call.input(at)?, call.rows())?);
    }
    rows::texts_by_row(call, |row, out| {
        for piece in pieces(prepared) {
            match piece {
                Piece::Text(text) => out.push(text),
                Piece::Value(spec) => {
                    let column = columns.get(usize::from(spec.argument) + 1);
                    let Some(Some(column)) = column else { return Outcome::Failed };
                    if write::value(out, &spec, Value::at(column, row)).is_none() {
                        return Outcome::Failed;
                    }
                }
            }
        }
        Outcome::Value(())
    })
}
