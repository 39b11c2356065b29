//! Aggregates: the function takes such arguments and constants and gives such a result.

use super::defined::Defined;
use super::program::present;
use super::{ensure, refuse};
use crate::error::{Fault, Table, VerifyError};
use crate::plan::aggregates::{MAX_AGGREGATE_ARGUMENTS, Parameter, rules};
use crate::plan::op::Register;
use crate::plan::{Aggregate, Plan};
use crate::types::DataType;

/// Checks entry `entry` of the aggregate table. `can_be_empty`: a group may have no rows.
pub(super) fn verify(
    plan: &Plan<'_>,
    defined: &Defined,
    entry: usize,
    aggregate: &Aggregate,
    can_be_empty: bool,
) -> Result<(), VerifyError> {
    let ensure = |holds, fault| ensure(holds, Table::Aggregates, entry, fault);
    let wrong = |fault| refuse(Table::Aggregates, entry, fault);
    let function = aggregate.function;
    let info = function.info();
    let result = plan.registers.get(aggregate.result.index()).ok_or(wrong(Fault::Index))?;
    ensure(!aggregate.distinct || function.keeps_distinct(), Fault::Operand)?;
    if let Some(filter) = aggregate.filter {
        let filter = present(plan, defined, filter, Table::Aggregates, entry)?;
        ensure(filter.data_type == DataType::Boolean, Fault::Type)?;
    }

    let ids = aggregate.arguments.of(plan.lists);
    ensure(ids.len() == usize::from(aggregate.arguments.len), Fault::Index)?;
    ensure(ids.len() <= MAX_AGGREGATE_ARGUMENTS, Fault::Operand)?;
    let has_time = function.has_time(ids.len()).ok_or(wrong(Fault::Operand))?;
    let mut first = Register { data_type: DataType::BigInt, nullable: false, offset: 0 };
    for (at, id) in ids.iter().enumerate() {
        let register = present(plan, defined, *id, Table::Aggregates, entry)?;
        if has_time && at + 1 == ids.len() {
            ensure(register.data_type == DataType::Timestamp, Fault::Type)?;
            ensure(!register.nullable, Fault::Nullability)?;
        } else {
            let takes = info.takes.get(at).ok_or(wrong(Fault::Operand))?;
            ensure(takes.accepts(register.data_type), Fault::Type)?;
        }
        if at == 0 {
            first = register;
        }
    }

    let constants = aggregate.parameters.of(plan.constants);
    ensure(constants.len() == usize::from(aggregate.parameters.len), Fault::Index)?;
    ensure(constants.len() == info.parameters.len(), Fault::Operand)?;
    let mut before = None;
    for (parameter, constant) in info.parameters.iter().zip(constants) {
        ensure(parameter.accepts(constant.0, before), Fault::Capacity)?;
        before = Some(constant.0);
        if *parameter == Parameter::Separator {
            let place = constant.as_text();
            super::text(plan, place, Table::Aggregates, entry)?;
            ensure(place.len <= DataType::MAX_VARCHAR, Fault::Capacity)?;
            ensure(crate::plan::Constant::text(place) == *constant, Fault::Capacity)?;
        }
    }

    let (least, most) = function.capacities(aggregate.distinct);
    ensure((least..=most).contains(&aggregate.capacity), Fault::Capacity)?;
    let count = rules::count(plan, aggregate);
    let room = function.text_room(first.data_type, count, aggregate.capacity);
    let data_type = function.result_type(first.data_type, room);
    ensure(data_type == Some(result.data_type), Fault::Type)?;
    let null = function.gives_null(&first, can_be_empty || aggregate.filter.is_some())
        || aggregate.distinct;
    ensure(result.nullable || !null, Fault::Nullability)
}
