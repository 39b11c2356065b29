//! Bits of integers.

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::for_integer;
use crate::function::Param::T;
use crate::function::{Class, Function, Invocation, Returns, lanes};
use crate::types::DataType::TinyInt;

const ONE: &[crate::function::Param] = &[T(Class::Integers)];
const TWO: &[crate::function::Param] = &[T(Class::Integers), T(Class::Integers)];

/// Functions of bits.
pub const BITS: &[Function] = &[
    Function::new("&", TWO, Returns::T, |call| each(call, Sign::And))
        .doc("The bits that are set in both.", "12 & 10"),
    Function::new("|", TWO, Returns::T, |call| each(call, Sign::Or))
        .doc("The bits that are set in either.", "12 | 10"),
    Function::new("xor", TWO, Returns::T, |call| each(call, Sign::Xor))
        .doc("The bits that are set in one alone.", "xor(12, 10)"),
    Function::new("~", ONE, Returns::T, not).doc("All bits turned over.", "~12"),
    Function::new("<<", TWO, Returns::T, left).fails(Failure::Arithmetic).doc(
        "Bits moved up: x times 2 to the power of y. A negative x or y fails, and what leaves \
             the type.",
        "5 << 3",
    ),
    Function::new(">>", TWO, Returns::T, right).doc(
        "Bits moved down, the sign stays: x divided by 2 to the power of y, rounded down. 0 where \
         y is negative or at least the number of bits.",
        "-40 >> 3",
    ),
    Function::new("bit_count", ONE, Returns::Is(TinyInt), bit_count).doc(
        "How many bits are set; those of a negative number in two's complement.",
        "bit_count(255)",
    ),
];

/// Runs `$body` with `$t` the unsigned type of an integer kind's size: its bits.
macro_rules! for_bits {
    ($kind:expr, $t:ident => $body:expr) => {
        match $kind.size() {
            1 => {
                type $t = u8;
                $body
            }
            2 => {
                type $t = u16;
                $body
            }
            4 => {
                type $t = u32;
                $body
            }
            _ => {
                type $t = u64;
                $body
            }
        }
    };
}

#[derive(Clone, Copy)]
enum Sign {
    And,
    Or,
    Xor,
}

fn each(call: &mut Invocation<'_>, sign: Sign) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_bits!(kind, W => match sign {
        Sign::And => lanes::binary(call, |a: W, b: W| (a & b, false)),
        Sign::Or => lanes::binary(call, |a: W, b: W| (a | b, false)),
        Sign::Xor => lanes::binary(call, |a: W, b: W| (a ^ b, false)),
    })
}

fn not(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_bits!(kind, W => lanes::unary(call, |a: W| (!a, false)))
}

// `a < 0` is never true of types without a sign.
#[allow(unused_comparisons, clippy::absurd_extreme_comparisons)]
fn left(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_integer!(kind, I => lanes::binary(call, |a: I, by: I| {
        let shift = u32::try_from(by).unwrap_or(u32::MAX);
        let fits = by >= 0 && (a == 0 || a > 0 && a <= I::MAX.checked_shr(shift).unwrap_or(0));
        (a.checked_shl(shift).unwrap_or(0), !fits)
    }))
}

fn right(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_integer!(kind, I => lanes::binary(call, |a: I, by: I| {
        (u32::try_from(by).ok().and_then(|by| a.checked_shr(by)).unwrap_or(0), false)
    }))
}

fn bit_count(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.input(0)?.data_type.kind();
    for_bits!(kind, W => lanes::unary(call, |a: W| (a.count_ones() as i8, false)))
}
