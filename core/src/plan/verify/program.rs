//! The expression table: each instruction's kind, operands, result and NULLs.

use super::defined::Defined;
use super::{ensure, refuse, text};
use crate::error::{Fault, Table, VerifyError};
use crate::plan::op::{
    ColumnId, Instruction, Kinds, Op, Operand, Register, RegisterId, Source, Takes, Writes,
    cast_can_fail, cast_defined,
};
use crate::plan::signature::Signatures;
use crate::plan::{Constant, Plan, Range};
use crate::schema::Field;
use crate::types::{DataType, Kind};

/// What an operand gives.
#[derive(Clone, Copy)]
pub(super) struct Value {
    /// Its type; a constant that is not a text has none.
    pub(super) data_type: Option<DataType>,
    /// Its register.
    pub(super) register: Option<RegisterId>,
    pub(super) nullable: bool,
}

/// Checks one program and marks the registers that it writes.
///
/// `columns` are those of the scanned stream, where [`Op::Load`] can reach them.
pub(super) struct Program<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) functions: &'p dyn Signatures,
    pub(super) next_call: &'p mut usize,
    pub(super) next_argument: &'p mut usize,
    pub(super) columns: Option<&'p [Field]>,
    pub(super) defined: &'p mut Defined,
    /// The mask of the guard that is in force.
    pub(super) guard: Option<RegisterId>,
}

impl Program<'_> {
    /// Checks entry `entry` of the instruction table.
    pub(super) fn check(&mut self, entry: usize, step: &Instruction) -> Result<(), VerifyError> {
        let refuse = |fault| refuse(Table::Instructions, entry, fault);
        let info = step.op.info();
        if !info.kinds.accept(step.kind) {
            return Err(refuse(Fault::Type));
        }
        let a = self.operand(info.a, step, step.a).map_err(refuse)?;
        let b = self.operand(info.b, step, step.b).map_err(refuse)?;
        let Some(dst) = self.destination(info.writes, step).map_err(refuse)? else {
            self.guard = a.and_then(|mask| mask.register);
            return Ok(());
        };
        if [a, b].into_iter().flatten().any(|v| v.register == Some(step.dst)) {
            return Err(refuse(Fault::Operand));
        }
        let (fails, gives_null) = match step.op {
            Op::Call => {
                let call = self.call(step, &dst).map_err(refuse)?;
                (call.fails, call.fails || call.gives_null)
            }
            _ => (fails(step, a, &dst), gives_null(step, a, b, &dst)),
        };
        if self.guard == Some(step.dst) && fails {
            return Err(refuse(Fault::Operand)); // it would read the mask that it writes
        }
        if step.op != Op::Call {
            self.types(step, info.kinds, a, b, &dst).map_err(refuse)?;
        }
        if !dst.nullable && gives_null {
            return Err(refuse(Fault::Nullability));
        }
        self.defined.write(step.dst);
        Ok(())
    }

    /// The operand, if the opcode takes one, read from where it may be read.
    fn operand(
        &self,
        takes: Takes,
        step: &Instruction,
        operand: Operand,
    ) -> Result<Option<Value>, Fault> {
        let value = match (takes, operand.source()) {
            (Takes::Nothing, _) => {
                return if operand == Operand::NONE { Ok(None) } else { Err(Fault::Operand) };
            }
            // What it is, `call` looks at.
            (Takes::Call, _) => return Ok(None),
            (Takes::Column, _) => self.column(step, ColumnId(operand.0))?,
            (Takes::Register | Takes::Either, Source::Register(id)) => {
                self.register(step, id, step.kind)?
            }
            (Takes::Mask, Source::Register(id)) => self.register(step, id, Kind::Bool)?,
            (Takes::Constant | Takes::Either, Source::Constant(id)) => {
                let constant = self.plan.constants.get(id.index()).ok_or(Fault::Index)?;
                self.constant(step, *constant)?
            }
            (Takes::Register | Takes::Mask, Source::Constant(_))
            | (Takes::Constant, Source::Register(_)) => return Err(Fault::Operand),
        };
        Ok(Some(value))
    }

    fn column(&self, step: &Instruction, id: ColumnId) -> Result<Value, Fault> {
        let columns = self.columns.ok_or(Fault::Order)?;
        let field = columns.get(id.index()).ok_or(Fault::Index)?;
        if field.data_type.kind() != step.kind {
            return Err(Fault::Type);
        }
        Ok(Value { data_type: Some(field.data_type), register: None, nullable: field.nullable })
    }

    pub(super) fn register(
        &self,
        step: &Instruction,
        id: RegisterId,
        kind: Kind,
    ) -> Result<Value, Fault> {
        let register = self.plan.registers.get(id.index()).ok_or(Fault::Index)?;
        let readable = match step.op {
            Op::Gather => self.defined.can_gather(id),
            _ => self.defined.is_present(id),
        };
        if !readable {
            return Err(Fault::Order);
        }
        if register.data_type.kind() != kind {
            return Err(Fault::Type);
        }
        Ok(Value {
            data_type: Some(register.data_type),
            register: Some(id),
            nullable: register.nullable,
        })
    }

    fn constant(&self, step: &Instruction, constant: Constant) -> Result<Value, Fault> {
        let fits = match step.kind {
            // Bytes and 16-byte values lie in the byte pool.
            Kind::Text if matches!(self.beside(step), Some(DataType::Varbinary(_))) => {
                let place = self.bytes(constant)?;
                let data_type = Some(DataType::Varbinary(place.len));
                return Ok(Value { data_type, register: None, nullable: false });
            }
            Kind::I128 | Kind::Interval | Kind::Uuid => self.bytes(constant)?.len == 16,
            Kind::Text => {
                let place = constant.as_text();
                text(self.plan, place, Table::Constants, 0).map_err(|_| Fault::Index)?;
                let data_type = Some(DataType::Varchar(place.len));
                return match constant == Constant::text(place) {
                    true => Ok(Value { data_type, register: None, nullable: false }),
                    false => Err(Fault::Capacity),
                };
            }
            kind => number_fits(kind, constant.0),
        };
        if !fits || (step.op == Op::WindowStart && constant.0.cast_signed() <= 0) {
            return Err(Fault::Capacity);
        }
        Ok(Value { data_type: None, register: None, nullable: false })
    }

    /// The type that a constant of an instruction has: that of the register beside it.
    fn beside(&self, step: &Instruction) -> Option<DataType> {
        let id = match (step.op.info().a, step.a.source()) {
            (Takes::Register, Source::Register(id)) => id,
            _ => step.dst,
        };
        self.plan.registers.get(id.index()).map(|r| r.data_type)
    }

    /// The place of a constant in the byte pool.
    fn bytes(&self, constant: Constant) -> Result<Range, Fault> {
        let place = constant.as_bytes();
        if constant != Constant::bytes(place) {
            return Err(Fault::Capacity);
        }
        match place.of(self.plan.bytes).len() == usize::from(place.len) {
            true => Ok(place),
            false => Err(Fault::Index),
        }
    }

    /// The written register, if the opcode writes one.
    fn destination(&self, writes: Writes, step: &Instruction) -> Result<Option<Register>, Fault> {
        let kind = match writes {
            Writes::Nothing if step.dst == RegisterId(0) => return Ok(None),
            Writes::Nothing => return Err(Fault::Operand),
            Writes::Same => Some(step.kind),
            Writes::Mask => Some(Kind::Bool),
            Writes::Any => None,
        };
        let dst = self.plan.registers.get(step.dst.index()).ok_or(Fault::Index)?;
        if kind.is_some_and(|kind| kind != dst.data_type.kind()) {
            return Err(Fault::Type);
        }
        if step.op == Op::Blend && !self.defined.is_present(step.dst) {
            return Err(Fault::Order); // rows that it leaves alone must hold something
        }
        Ok(Some(*dst))
    }

    /// Checks what kinds alone don't tell: TIMESTAMP is no BIGINT, and VARCHARs have lengths.
    fn types(
        &self,
        step: &Instruction,
        kinds: Kinds,
        a: Option<Value>,
        b: Option<Value>,
        dst: &Register,
    ) -> Result<(), Fault> {
        let type_of = |v: Option<Value>| v.and_then(|v| v.data_type);
        let b_is_constant = b.is_some_and(|b| b.register.is_none());
        let (a, b) = (type_of(a), type_of(b));
        let fits = match (step.op, step.op.info().writes) {
            (Op::Load, _) => a.map(DataType::loaded) == Some(dst.data_type),
            (Op::Cast | Op::TryCast, _) => a.is_some_and(|a| cast_defined(a, dst.data_type)),
            (Op::Blend, _) => b.is_none_or(|b| copies_into(b, dst.data_type)),
            (Op::NullIf, _) => a.is_none_or(|a| copies_into(a, dst.data_type)),
            (_, Writes::Same) => {
                [a, b].into_iter().flatten().all(|t| copies_into(t, dst.data_type))
            }
            (Op::And | Op::Or | Op::Not | Op::IsNull | Op::IsNotNull, _) => true,
            // Comparisons.
            _ => match (a, b) {
                (Some(a), Some(b)) => a.same_family(b),
                _ => true,
            },
        };
        let fits = fits
            && match kinds {
                // A timestamp plus or minus a constant number of microseconds.
                Kinds::Numbers if matches!(step.op, Op::Add | Op::Sub) && b_is_constant => {
                    dst.data_type.is_numeric()
                        || matches!(dst.data_type, DataType::Timestamp | DataType::TimestampTz)
                }
                Kinds::Numbers | Kinds::Floats => dst.data_type.is_numeric(),
                Kinds::Time if step.op == Op::Now => dst.data_type == DataType::TimestampTz,
                Kinds::Time => dst.data_type == DataType::Timestamp,
                Kinds::All | Kinds::Bool => true,
            };
        if fits { Ok(()) } else { Err(Fault::Type) }
    }
}

/// Whether every value of `from` can be copied whole into a register of `to`.
fn copies_into(from: DataType, to: DataType) -> bool {
    match (from, to) {
        (DataType::Varchar(from), DataType::Varchar(to))
        | (DataType::Varbinary(from), DataType::Varbinary(to)) => from <= to,
        (from, to) => from == to,
    }
}

/// Whether the bits are those of a number of this kind: sign-extended if it is signed, else with
/// zeros above.
pub(super) fn number_fits(kind: Kind, bits: u64) -> bool {
    let signed = bits.cast_signed();
    match kind {
        Kind::Bool => bits <= 1,
        Kind::I8 => i8::try_from(signed).is_ok(),
        Kind::I16 => i16::try_from(signed).is_ok(),
        Kind::I32 => i32::try_from(signed).is_ok(),
        Kind::U8 => u8::try_from(bits).is_ok(),
        Kind::U16 => u16::try_from(bits).is_ok(),
        Kind::U32 | Kind::F32 => u32::try_from(bits).is_ok(),
        Kind::I64 | Kind::U64 | Kind::F64 => true,
        Kind::Text | Kind::I128 | Kind::Interval | Kind::Uuid => false,
    }
}

/// Whether a row can fail, so that a guard is looked at.
fn fails(step: &Instruction, a: Option<Value>, dst: &Register) -> bool {
    match step.op {
        Op::Cast => cast_fails(a, dst),
        op => op.can_fail(step.kind),
    }
}

fn cast_fails(a: Option<Value>, dst: &Register) -> bool {
    let from = a.and_then(|a| a.data_type);
    from.is_none_or(|from| cast_can_fail(from, dst.data_type))
}

/// Whether a row of the result can be NULL.
fn gives_null(step: &Instruction, a: Option<Value>, b: Option<Value>, dst: &Register) -> bool {
    let nullable = |v: Option<Value>| v.is_some_and(|v| v.nullable);
    match step.op {
        Op::Null | Op::NullIf | Op::Now => true,
        Op::IsNull | Op::IsNotNull => false,
        Op::Blend => nullable(b),
        Op::Coalesce => nullable(a) && nullable(b),
        Op::TryCast => nullable(a) || cast_fails(a, dst),
        _ => nullable(a) || nullable(b) || fails(step, a, dst),
    }
}

/// A register that must hold the rows at hand; what is wrong with it otherwise.
pub(super) fn present(
    plan: &Plan<'_>,
    defined: &Defined,
    id: RegisterId,
    table: Table,
    entry: usize,
) -> Result<Register, VerifyError> {
    let register = plan.registers.get(id.index()).ok_or(refuse(table, entry, Fault::Index))?;
    ensure(defined.is_present(id), table, entry, Fault::Order)?;
    Ok(*register)
}
