//! Virtual registers to registers: a register is used again, for a value of the same type, when
//! the one that it holds is not read any more.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use super::emit::{Arg, CallStep, Step, Value, ValueId};
use crate::plan::op::{Op, Register, RegisterId};

/// What besides instructions writes and reads registers.
#[derive(Debug, Default)]
pub(super) struct Outside {
    /// Values that are there when a program starts: results of an aggregate.
    pub(super) given: Vec<(usize, ValueId)>,
    /// Values that are read when a program has ended: predicates, keys, arguments, columns.
    pub(super) read: Vec<(usize, ValueId)>,
    /// Values that no program writes or reads: registers of their own.
    pub(super) own: Vec<ValueId>,
}

/// The registers of a plan, and which one each value has.
#[derive(Debug)]
pub(super) struct Allocation {
    pub(super) registers: Vec<Register>,
    of: Vec<Option<RegisterId>>,
}

impl Allocation {
    /// The register of a value that is read or written.
    pub(super) fn get(&self, value: ValueId) -> RegisterId {
        self.of.get(value.0).copied().flatten().unwrap_or(RegisterId(0))
    }
}

/// Removes the steps whose results nobody reads.
pub(super) fn sweep(steps: &mut Vec<Step>, calls: &[CallStep], outside: &Outside) {
    let mut read: BTreeSet<ValueId> = outside.read.iter().map(|&(_, v)| v).collect();
    let mut kept = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let needed = match step.dst {
            Some(dst) => read.contains(&dst),
            None => true,
        };
        if needed {
            read.extend(operands(step, calls));
            kept.push(*step);
        }
    }
    kept.reverse();
    *steps = kept;
}

/// The values that a step reads.
fn operands(step: &Step, calls: &[CallStep]) -> impl Iterator<Item = ValueId> {
    let of = |arg| match arg {
        Arg::Value(value) => Some(value),
        _ => None,
    };
    let own = step.dst.filter(|_| step.op == Op::Blend);
    let arguments = match step.a {
        Arg::Call(call) => calls.get(call).map_or(&[][..], |call| &call.arguments),
        _ => &[],
    };
    let arguments = arguments.iter().filter_map(move |&(_, arg)| of(arg));
    [of(step.a), of(step.b), step.guard, own].into_iter().flatten().chain(arguments)
}

/// Gives each value a register; `None` if there are more than a plan can name.
pub(super) fn allocate(
    steps: &[Step],
    calls: &[CallStep],
    values: &[Value],
    outside: &Outside,
) -> Option<Allocation> {
    let starts = |program| steps.partition_point(|s| s.program < program);
    // The last step at which each value is read.
    let mut last = vec![None::<usize>; values.len()];
    for (i, step) in steps.iter().enumerate() {
        for value in operands(step, calls) {
            last[value.0] = Some(i);
        }
    }
    for &(program, value) in &outside.read {
        let end = starts(program + 1).saturating_sub(1);
        last[value.0] = last[value.0].max(Some(end));
    }
    let mut frees = vec![Vec::new(); steps.len()];
    for (value, last) in last.iter().enumerate() {
        if let Some(frees) = last.and_then(|i| frees.get_mut(i)) {
            frees.push(value);
        }
    }
    let mut pool = Pool { registers: Vec::new(), free: Vec::new() };
    let mut of = vec![None; values.len()];
    let mut given = outside.given.iter().map(|&(p, v)| (starts(p), v)).collect::<Vec<_>>();
    given.sort_by_key(|&(start, _)| start);
    let mut given = given.into_iter().peekable();
    // One turn more than there are steps, for what is given behind the last.
    for (i, step) in steps.iter().map(Some).chain([None]).enumerate() {
        let mut unread = Vec::new();
        while let Some((start, value)) = given.next_if(|&(start, _)| start <= i) {
            let register = pool.take(&values[value.0])?;
            of[value.0] = Some(register);
            if last[value.0].is_none_or(|last| last < start) {
                unread.push(register);
            }
        }
        pool.free.append(&mut unread);
        let (Some(step), Some(frees)) = (step, frees.get(i)) else { break };
        if let Some(dst) = step.dst
            && of[dst.0].is_none()
        {
            of[dst.0] = Some(pool.take(&values[dst.0])?);
        }
        // Only now: a step never writes what it reads.
        for &value in frees {
            pool.free.extend(of[value]);
        }
    }
    pool.free.clear();
    for &value in &outside.own {
        of[value.0] = Some(pool.take(&values[value.0])?);
    }
    Some(Allocation { registers: pool.registers, of })
}

struct Pool {
    registers: Vec<Register>,
    free: Vec<RegisterId>,
}

impl Pool {
    fn take(&mut self, value: &Value) -> Option<RegisterId> {
        let Value { data_type, nullable, .. } = *value;
        let fits = |id: &RegisterId| {
            let register = &self.registers[id.index()];
            register.data_type == data_type && register.nullable == nullable
        };
        if let Some(i) = self.free.iter().position(fits) {
            return Some(self.free.swap_remove(i));
        }
        let id = u16::try_from(self.registers.len()).ok().filter(|&id| id < 0x8000)?;
        self.registers.push(Register { data_type, nullable, offset: 0 });
        Some(RegisterId(id))
    }
}
