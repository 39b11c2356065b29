//! Calls: the function is known, takes such arguments and gives such a result.

use super::Fault;
use super::program::{Program, Value, number_fits};
use crate::plan::op::{Instruction, Register, Source};
use crate::plan::signature::{MAX_ARGUMENTS, Param, Prepared, Shape, Signature};
use crate::plan::{Argument, Constant};
use crate::types::{DataType, Kind};

/// What a call is, as far as NULLs go.
#[derive(Clone, Copy)]
pub(super) struct Checked {
    /// Whether a row can fail.
    pub(super) fails: bool,
    /// Whether a row can be NULL.
    pub(super) gives_null: bool,
}

impl Program<'_> {
    /// Checks the call of an instruction, which must be the next of the call table.
    pub(super) fn call(&mut self, step: &Instruction, dst: &Register) -> Result<Checked, Fault> {
        let index = usize::from(step.a.0);
        let call = self.plan.calls.get(index).ok_or(Fault::Index)?;
        let start = usize::from(call.arguments.start);
        let end = start.saturating_add(call.arguments.len.into());
        let empty_is_at_0 = call.arguments.len == 0 && start == 0;
        if index != *self.next_call || (start != *self.next_argument && !empty_is_at_0) {
            return Err(Fault::Order);
        }
        let arguments = self.plan.arguments.get(start..end).ok_or(Fault::Index)?;
        *self.next_call += 1;
        *self.next_argument += arguments.len();
        let signature = self.functions.signature(call.function).ok_or(Fault::Function)?;
        self.checked(step, signature, arguments, dst)
    }

    fn checked(
        &self,
        step: &Instruction,
        signature: &Signature,
        arguments: &[Argument],
        dst: &Register,
    ) -> Result<Checked, Fault> {
        let mut shapes = [Shape { data_type: DataType::Boolean, value: None }; MAX_ARGUMENTS];
        let shapes = shapes.get_mut(..arguments.len()).ok_or(Fault::Count)?;
        let (mut any, mut all) = (false, true);
        for (at, (argument, shape)) in arguments.iter().zip(shapes.iter_mut()).enumerate() {
            let value = self.argument(step, argument, signature.param(at))?;
            any |= value.nullable;
            all &= value.nullable;
            *shape = Shape { data_type: argument.data_type, value: self.whole(argument) };
        }
        let result = signature.result(shapes).ok_or(Fault::Type)?;
        let room = match (result, dst.data_type) {
            (DataType::Varchar(_), DataType::Varchar(n))
            | (DataType::Varbinary(_), DataType::Varbinary(n)) => n,
            (result, dst) if result == dst => 0,
            _ => return Err(Fault::Type),
        };
        Ok(Checked {
            fails: signature.can_fail(shapes, room),
            gives_null: signature.gives_null(any, all && !arguments.is_empty()),
        })
    }

    fn argument(
        &self,
        step: &Instruction,
        argument: &Argument,
        param: Option<&Param>,
    ) -> Result<Value, Fault> {
        let constant = match argument.operand.source() {
            Source::Register(id) => {
                let value = self.register(step, id, argument.data_type.kind())?;
                let same = value.data_type == Some(argument.data_type) && id != step.dst;
                return if same { Ok(value) } else { Err(Fault::Type) };
            }
            Source::Constant(id) => *self.plan.constants.get(id.index()).ok_or(Fault::Index)?,
        };
        if let Some(Param::Prepared(prepared)) = param {
            let place = constant.as_bytes();
            let bytes = place.of(self.plan.bytes);
            let holds = argument.data_type == Prepared::TYPE
                && bytes.len() == usize::from(place.len)
                && constant == Constant::bytes(place)
                && (prepared.check)(bytes);
            if !holds {
                return Err(Fault::Capacity);
            }
        } else {
            self.constant_of(argument.data_type, constant)?;
        }
        Ok(Value { data_type: Some(argument.data_type), register: None, nullable: false })
    }

    /// A constant whole number, or what a prepared literal begins with.
    fn whole(&self, argument: &Argument) -> Option<i64> {
        let Source::Constant(id) = argument.operand.source() else { return None };
        let constant = self.plan.constants.get(id.index())?;
        if argument.data_type == Prepared::TYPE {
            return Shape::begins_with(constant.as_bytes().of(self.plan.bytes));
        }
        argument.data_type.is_integer().then_some(constant.0.cast_signed())
    }

    /// Checks the bits of a constant of a type.
    pub(super) fn constant_of(&self, t: DataType, constant: Constant) -> Result<(), Fault> {
        let holds = match (t, t.kind()) {
            (DataType::Varchar(n), _) => {
                let place = constant.as_text();
                super::text(self.plan, place, super::Table::Constants, 0)
                    .map_err(|_| Fault::Index)?;
                place.len <= n && constant == Constant::text(place)
            }
            (DataType::Varbinary(n), _) => {
                let place = constant.as_bytes();
                place.of(self.plan.bytes).len() == usize::from(place.len)
                    && place.len <= n
                    && constant == Constant::bytes(place)
            }
            (_, Kind::Text) => false,
            (_, Kind::I128 | Kind::Interval | Kind::Uuid) => {
                let place = constant.as_bytes();
                place.of(self.plan.bytes).len() == 16 && constant == Constant::bytes(place)
            }
            (_, kind) => number_fits(kind, constant.0),
        };
        if holds { Ok(()) } else { Err(Fault::Capacity) }
    }
}
