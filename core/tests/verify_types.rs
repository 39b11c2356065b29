//! `verify` of DECIMAL, CHAR, VARBINARY, UUID and the like: types in range, constants in the byte pool,
//! what a CHAR becomes, TRY_CAST and NULLs.
#![allow(missing_docs)]

mod common;

use common::{Tables, r};
use ringql_core::error::Fault;
use ringql_core::function::ALL;
use ringql_core::plan::op::{ColumnId, Op, Operand, OperatorId, OutputId, RegisterId, StreamId};
use ringql_core::plan::verify::verify;
use ringql_core::plan::{Constant, Operator, Range};
use ringql_core::types::{DataType, Kind};

const NONE: Operand = Operand::NONE;

/// What `verify` says of a plan over a column of one type, whose instructions are `steps`.
fn plan(column: DataType, steps: impl FnOnce(&mut Tables)) -> Result<(), Fault> {
    let mut t = Tables::new(4);
    t.stream("s", &[("c", column, false), ("k", DataType::Integer, false)], None);
    t.output(&[("k", DataType::Integer, false)]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    let key = t.load(1);
    steps(&mut t);
    let program = t.program(0);
    t.operators.push(Operator::Project { input: OperatorId(0), program });
    let columns = t.list(&[key]);
    t.operators.push(Operator::Emit { input: OperatorId(1), output: OutputId(0), columns });
    verify(&t.seal().plan(), &ALL).map_err(|e| e.fault)
}

/// The column loaded into a register of type `to`.
fn load(t: &mut Tables, kind: Kind, to: DataType) -> RegisterId {
    let dst = t.register(to, false);
    t.step(Op::Load, kind, dst, Operand::column(ColumnId(0)), NONE);
    dst
}

#[test]
fn types_are_in_range() {
    use DataType::{Char, Decimal, Varbinary};
    for good in [Decimal(1, 0), Decimal(18, 18), Decimal(38, 38), Char(4096), Varbinary(1)] {
        assert_eq!(plan(good, |_| ()), Ok(()), "{good}");
    }
    for bad in [
        Decimal(0, 0),
        Decimal(39, 0),
        Decimal(9, 10),
        Decimal(255, 255),
        Char(0),
        Char(4097),
        Varbinary(0),
        Varbinary(65_535),
    ] {
        assert_eq!(plan(bad, |_| ()), Err(Fault::Capacity), "{bad}");
        let register = |t: &mut Tables| {
            t.register(bad, true);
        };
        assert_eq!(plan(DataType::Date, register), Err(Fault::Capacity), "{bad}");
    }
}

#[test]
fn a_char_is_loaded_as_a_varchar_and_is_in_no_register() {
    use DataType::{Char, Varbinary, Varchar};
    let to = |to| {
        plan(Char(4), |t| {
            load(t, Kind::Text, to);
        })
    };
    assert_eq!(to(Varchar(4)), Ok(()));
    assert_eq!(to(Varchar(5)), Err(Fault::Type));
    assert_eq!(to(Varbinary(4)), Err(Fault::Type));
    assert_eq!(to(Char(4)), Err(Fault::Type));
}

#[test]
fn wide_constants_lie_in_the_byte_pool() {
    let constant = |data_type: DataType, bytes: usize, bits: u64| {
        plan(DataType::Date, |t| {
            t.bytes = vec![0; bytes];
            let constant = t.constant(bits);
            let dst = t.register(data_type, false);
            t.step(Op::Constant, data_type.kind(), dst, constant, NONE);
        })
    };
    let at = |start, len| Constant::bytes(Range { start, len }).0;
    for t in [DataType::Decimal(19, 0), DataType::Interval, DataType::Uuid] {
        assert_eq!(constant(t, 20, at(4, 16)), Ok(()), "{t}");
        assert_eq!(constant(t, 20, at(5, 16)), Err(Fault::Index), "{t}");
        assert_eq!(constant(t, 20, at(0, 15)), Err(Fault::Capacity), "{t}");
        assert_eq!(constant(t, 20, at(0, 16) | 1 << 40), Err(Fault::Capacity), "{t}");
    }
    let bytes = DataType::Varbinary(4);
    assert_eq!(constant(bytes, 4, at(0, 4)), Ok(()));
    assert_eq!(constant(bytes, 4, at(4, 0)), Ok(()));
    assert_eq!(constant(bytes, 4, at(1, 4)), Err(Fault::Index));
    assert_eq!(constant(bytes, 8, at(0, 5)), Err(Fault::Type), "longer than the register");
    // The text pool has no such text.
    assert_eq!(constant(DataType::Varchar(4), 200, at(100, 4)), Err(Fault::Index));
    // A DECIMAL of 64 bits is a number.
    assert_eq!(constant(DataType::Decimal(18, 3), 0, u64::MAX), Ok(()));
}

#[test]
fn comparisons_and_copies_know_the_digits() {
    use DataType::{Boolean, Decimal, TimestampTz, Uuid};
    let compare = |to: DataType, other: DataType| {
        plan(to, |t| {
            let a = load(t, to.kind(), to);
            let b = t.register(other, true);
            t.step(Op::Null, other.kind(), b, NONE, NONE);
            let mask = t.register(Boolean, true);
            t.step(Op::Lt, to.kind(), mask, r(a), r(b));
        })
    };
    assert_eq!(compare(Decimal(9, 2), Decimal(9, 2)), Ok(()));
    assert_eq!(compare(Decimal(9, 2), Decimal(9, 3)), Err(Fault::Type));
    assert_eq!(compare(TimestampTz, DataType::Timestamp), Err(Fault::Type));
    assert_eq!(compare(Uuid, Uuid), Ok(()));
    assert_eq!(compare(DataType::Varbinary(4), DataType::Varbinary(9)), Ok(()));
    assert_eq!(compare(DataType::Varbinary(4), DataType::Varchar(4)), Err(Fault::Type));
}

#[test]
fn arithmetic_is_for_integers_and_floats() {
    for t in [DataType::Decimal(9, 2), DataType::Time, DataType::TimestampTz, DataType::Date] {
        let add = plan(t, |tables| {
            let a = load(tables, t.kind(), t);
            let dst = tables.register(t, true);
            tables.step(Op::Neg, t.kind(), dst, r(a), NONE);
        });
        assert_eq!(add, Err(Fault::Type), "{t}");
    }
}

#[test]
fn try_cast_gives_null_where_cast_does() {
    use DataType::{Date, Decimal, Integer, Timestamp};
    let cast = |op, from: DataType, to: DataType, nullable| {
        plan(from, |t| {
            let a = load(t, from.kind(), from);
            let dst = t.register(to, nullable);
            t.step(op, from.kind(), dst, r(a), NONE);
        })
    };
    for op in [Op::Cast, Op::TryCast] {
        assert_eq!(cast(op, Date, Timestamp, true), Ok(()));
        assert_eq!(cast(op, Date, Timestamp, false), Err(Fault::Nullability));
        assert_eq!(cast(op, Timestamp, Date, false), Ok(()));
        assert_eq!(cast(op, Integer, Decimal(10, 0), false), Ok(()));
        assert_eq!(cast(op, Integer, Decimal(9, 0), false), Err(Fault::Nullability));
        assert_eq!(cast(op, Decimal(3, 2), Decimal(2, 1), false), Err(Fault::Nullability));
        assert_eq!(cast(op, Decimal(3, 2), Decimal(4, 2), false), Ok(()));
        assert_eq!(cast(op, Decimal(3, 1), Decimal(3, 0), false), Ok(()));
        assert_eq!(cast(op, Date, Integer, true), Err(Fault::Type));
        assert_eq!(cast(op, DataType::Uuid, DataType::Varbinary(16), false), Ok(()));
        assert_eq!(
            cast(op, DataType::Uuid, DataType::Varbinary(15), false),
            Err(Fault::Nullability)
        );
    }
}
