//! `verify`, instruction by instruction: operands, types, constants, NULLs, casts.
#![allow(missing_docs)]

mod common;

use common::{Tables, r};
use ringql_core::error::{Fault, Table};
use ringql_core::function::ALL;
use ringql_core::plan::op::{
    ConstantId, Op, Operand, OperatorId, OutputId, RegisterId, StreamId, cast_can_fail,
    cast_defined, text_len,
};
use ringql_core::plan::verify::verify;
use ringql_core::plan::{Constant, Operator};
use ringql_core::schema::Text;
use ringql_core::types::{DataType, Kind};

/// The only program of a plan over columns of some types, whose instructions are `steps`.
fn program(steps: impl FnOnce(&mut Tables)) -> Tables {
    let mut t = Tables::new(4);
    let columns = [
        ("a", DataType::Integer, false),
        ("b", DataType::Integer, true),
        ("t", DataType::Varchar(5), false),
        ("n", DataType::Varchar(9), true),
        ("at", DataType::Timestamp, false),
        ("f", DataType::Real, false),
        ("big", DataType::BigInt, false),
        ("yes", DataType::Boolean, true),
    ];
    t.stream("s", &columns, None);
    t.output(&[("a", DataType::Integer, false)]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    for column in 0..8 {
        t.load(column); // registers 0 to 7
    }
    steps(&mut t);
    let program = t.program(0);
    t.operators.push(Operator::Project { input: OperatorId(0), program });
    let columns = t.list(&[RegisterId(0)]);
    t.operators.push(Operator::Emit { input: OperatorId(1), output: OutputId(0), columns });
    t.seal()
}

const NONE: Operand = Operand::NONE;
const A: Operand = Operand::register(RegisterId(0));
const B: Operand = Operand::register(RegisterId(1));
const T: Operand = Operand::register(RegisterId(2));
const N: Operand = Operand::register(RegisterId(3));
const AT: Operand = Operand::register(RegisterId(4));
const F: Operand = Operand::register(RegisterId(5));
const BIG: Operand = Operand::register(RegisterId(6));
const YES: Operand = Operand::register(RegisterId(7));

/// What `verify` says of one instruction that writes a new register of type `dst`.
fn step(
    op: Op,
    kind: Kind,
    a: Operand,
    b: Operand,
    dst: DataType,
    nullable: bool,
) -> Result<(), Fault> {
    let tables = program(|t| {
        t.constant(0);
        let dst = t.register(dst, nullable);
        t.step(op, kind, dst, a, b);
    });
    verify(&tables.plan(), &ALL).map_err(|e| {
        assert_eq!((e.table, e.entry), (Table::Instructions, 8), "{op:?} {kind:?}: {e}");
        e.fault
    })
}

/// The same, with a constant as operand `b` (or `a`, if the opcode takes nothing else).
fn step_constant(op: Op, kind: Kind, a: Operand, bits: u64, dst: DataType) -> Result<(), Fault> {
    let tables = program(|t| {
        let constant = t.constant(bits);
        let dst = t.register(dst, true);
        match op {
            Op::Constant | Op::Copy => t.step(op, kind, dst, constant, NONE),
            _ => t.step(op, kind, dst, a, constant),
        }
    });
    verify(&tables.plan(), &ALL).map_err(|e| e.fault)
}

#[test]
fn operands() {
    use DataType::{BigInt, Boolean, Integer, Varchar};
    assert_eq!(step(Op::Add, Kind::I32, A, B, Integer, true), Ok(()));
    assert_eq!(step(Op::Add, Kind::I32, A, r(RegisterId(8)), Integer, true), Err(Fault::Order));
    assert_eq!(step(Op::Add, Kind::I32, A, r(RegisterId(9)), Integer, true), Err(Fault::Index));
    let constant = |id| Operand::constant(ConstantId(id));
    assert_eq!(step(Op::Add, Kind::I32, A, constant(0), Integer, true), Ok(()));
    assert_eq!(step(Op::Add, Kind::I32, A, constant(1), Integer, true), Err(Fault::Index));
    assert_eq!(step(Op::Add, Kind::I32, constant(0), A, Integer, true), Err(Fault::Operand));
    assert_eq!(step(Op::Neg, Kind::I32, A, B, Integer, true), Err(Fault::Operand));
    assert_eq!(step(Op::Null, Kind::I32, B, NONE, Integer, true), Err(Fault::Operand));
    assert_eq!(step(Op::Constant, Kind::I32, B, NONE, Integer, true), Err(Fault::Operand));
    assert_eq!(step(Op::And, Kind::Bool, YES, constant(0), Boolean, true), Err(Fault::Operand));
    assert_eq!(step(Op::Add, Kind::I64, A, BIG, BigInt, true), Err(Fault::Type));
    assert_eq!(step(Op::Add, Kind::I32, A, B, BigInt, true), Err(Fault::Type));
    assert_eq!(step(Op::And, Kind::Bool, A, YES, Boolean, true), Err(Fault::Type));
    assert_eq!(step(Op::Add, Kind::Text, T, N, Varchar(20), true), Err(Fault::Type));
    assert_eq!(step(Op::Guard, Kind::Bool, YES, NONE, Boolean, true), Err(Fault::Operand));
    assert_eq!(step(Op::Load, Kind::I32, Operand(8), NONE, Integer, true), Err(Fault::Index));
    assert_eq!(step(Op::Load, Kind::I32, Operand(6), NONE, Integer, true), Err(Fault::Type));
    // Rows were not thinned out yet.
    assert_eq!(step(Op::Gather, Kind::I32, A, NONE, Integer, true), Err(Fault::Order));
    // The written register is not an operand, and `blend` needs it written before.
    let tables = program(|t| t.step(Op::Add, Kind::I32, RegisterId(1), A, B));
    assert_eq!(verify(&tables.plan(), &ALL).unwrap_err().fault, Fault::Operand);
    assert_eq!(step(Op::Blend, Kind::I32, YES, A, Integer, true), Err(Fault::Order));
    let tables = program(|t| t.step(Op::Blend, Kind::I32, RegisterId(1), YES, A));
    assert_eq!(verify(&tables.plan(), &ALL), Ok(()));
}

#[test]
fn types() {
    use DataType::{BigInt, Boolean, Integer, Real, Timestamp, Varchar};
    assert_eq!(step(Op::Div, Kind::I32, A, B, Integer, true), Err(Fault::Type));
    assert_eq!(step(Op::Div, Kind::F32, F, F, Real, false), Ok(()));
    assert_eq!(step(Op::Add, Kind::I64, AT, AT, Timestamp, true), Err(Fault::Type));
    assert_eq!(step(Op::Add, Kind::I64, BIG, BIG, Timestamp, true), Err(Fault::Type));
    assert_eq!(step(Op::Copy, Kind::I64, BIG, NONE, Timestamp, true), Err(Fault::Type));
    assert_eq!(step(Op::Eq, Kind::I64, BIG, AT, Boolean, true), Err(Fault::Type));
    assert_eq!(step(Op::Eq, Kind::I64, AT, AT, Boolean, true), Ok(()));
    assert_eq!(step(Op::Eq, Kind::Text, T, N, Boolean, true), Ok(()));
    assert_eq!(step(Op::Eq, Kind::Text, T, N, Varchar(1), true), Err(Fault::Type));
    assert_eq!(step_constant(Op::WindowStart, Kind::I64, AT, 1, Timestamp), Ok(()));
    assert_eq!(step_constant(Op::WindowStart, Kind::I64, BIG, 1, BigInt), Err(Fault::Type));
    assert_eq!(step_constant(Op::WindowStart, Kind::I64, AT, 0, Timestamp), Err(Fault::Capacity));
    let minus = u64::MAX;
    assert_eq!(
        step_constant(Op::WindowStart, Kind::I64, AT, minus, Timestamp),
        Err(Fault::Capacity)
    );

    // Texts are copied whole.
    for (op, a, b) in
        [(Op::Copy, N, NONE), (Op::Coalesce, T, N), (Op::Coalesce, N, T), (Op::NullIf, N, YES)]
    {
        assert_eq!(step(op, Kind::Text, a, b, Varchar(9), true), Ok(()), "{op:?}");
        assert_eq!(step(op, Kind::Text, a, b, Varchar(8), true), Err(Fault::Type), "{op:?}");
    }
    assert_eq!(step(Op::Load, Kind::Text, Operand(2), NONE, Varchar(6), true), Err(Fault::Type));
    let blend = |to| program(|t| t.step(Op::Blend, Kind::Text, to, YES, N));
    assert_eq!(verify(&blend(RegisterId(2)).plan(), &ALL).unwrap_err().fault, Fault::Type);
}

#[test]
fn constants() {
    use DataType::{BigInt, Boolean, Double, Integer, Real, TinyInt, UBigInt, USmallInt, Varchar};
    let minus = |n: i64| n.cast_unsigned();
    let constant = |data_type: DataType, bits| {
        step_constant(Op::Constant, data_type.kind(), NONE, bits, data_type)
    };
    for (data_type, good, bad) in [
        (Boolean, 1, 2),
        (TinyInt, 127, 128),
        (TinyInt, minus(-128), minus(-129)),
        (TinyInt, minus(-1), 0xFF),
        (Integer, minus(-1), 0xFFFF_FFFF),
        (USmallInt, 65_535, 65_536),
        (USmallInt, 0, u64::MAX),
        (Real, f32::NAN.to_bits().into(), 1 << 32),
    ] {
        assert_eq!(constant(data_type, good), Ok(()), "{data_type} {good}");
        assert_eq!(constant(data_type, bad), Err(Fault::Capacity), "{data_type} {bad}");
    }
    for data_type in [BigInt, UBigInt, Double] {
        assert_eq!(constant(data_type, u64::MAX), Ok(()));
    }
    // A text of four bytes, one outside the pool, one with bits above its place.
    let text = Constant::text(Text { offset: 1, len: 4 }).0;
    assert_eq!(constant(Varchar(4), text), Ok(()));
    assert_eq!(constant(Varchar(3), text), Err(Fault::Type));
    let outside = Constant::text(Text { offset: 1, len: 400 }).0;
    assert_eq!(constant(Varchar(4096), outside), Err(Fault::Index));
    assert_eq!(constant(Varchar(4), text | 1 << 32), Err(Fault::Capacity));
    // Comparisons take texts of any length.
    assert_eq!(step_constant(Op::Eq, Kind::Text, T, text, Boolean), Ok(()));
}

#[test]
fn nulls() {
    use DataType::{Boolean, Double, Integer, Real, SmallInt, Varchar};
    let null = Err(Fault::Nullability);
    let not_null = |op, kind, a, b, dst| step(op, kind, a, b, dst, false);
    assert_eq!(not_null(Op::Add, Kind::I32, A, A, Integer), null);
    assert_eq!(not_null(Op::Mod, Kind::I32, A, A, Integer), null);
    assert_eq!(not_null(Op::Neg, Kind::I32, A, NONE, Integer), null);
    for op in [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod] {
        assert_eq!(not_null(op, Kind::F32, F, F, Real), Ok(()), "{op:?}");
    }
    assert_eq!(not_null(Op::Neg, Kind::F32, F, NONE, Real), Ok(()));
    assert_eq!(not_null(Op::Null, Kind::I32, NONE, NONE, Integer), null);
    assert_eq!(not_null(Op::Load, Kind::I32, Operand(1), NONE, Integer), null);
    assert_eq!(not_null(Op::Copy, Kind::I32, B, NONE, Integer), null);
    assert_eq!(not_null(Op::Eq, Kind::I32, A, A, Boolean), Ok(()));
    assert_eq!(not_null(Op::Eq, Kind::I32, A, B, Boolean), null);
    assert_eq!(not_null(Op::Not, Kind::Bool, YES, NONE, Boolean), null);
    assert_eq!(not_null(Op::IsNull, Kind::Bool, YES, NONE, Boolean), Ok(()));
    assert_eq!(not_null(Op::IsNotNull, Kind::I32, B, NONE, Boolean), Ok(()));
    assert_eq!(not_null(Op::Coalesce, Kind::I32, B, A, Integer), Ok(()));
    assert_eq!(not_null(Op::Coalesce, Kind::I32, A, B, Integer), Ok(()));
    assert_eq!(not_null(Op::Coalesce, Kind::I32, B, B, Integer), null);
    assert_eq!(not_null(Op::NullIf, Kind::I32, A, YES, Integer), null);
    assert_eq!(not_null(Op::Cast, Kind::I32, A, NONE, Double), Ok(()));
    assert_eq!(not_null(Op::Cast, Kind::I32, B, NONE, Double), null);
    assert_eq!(not_null(Op::Cast, Kind::I32, A, NONE, SmallInt), null);
    assert_eq!(not_null(Op::Cast, Kind::I32, A, NONE, Varchar(11)), Ok(()));
    assert_eq!(not_null(Op::Cast, Kind::I32, A, NONE, Varchar(10)), null);
    let tables = program(|t| t.step(Op::Blend, Kind::I32, RegisterId(0), YES, B));
    assert_eq!(verify(&tables.plan(), &ALL).unwrap_err().fault, Fault::Nullability);
}

#[test]
fn casts() {
    use DataType::{Boolean, Double, Real, Timestamp, UTinyInt, Varchar};
    assert_eq!(step(Op::Cast, Kind::I64, AT, NONE, DataType::BigInt, true), Err(Fault::Type));
    assert_eq!(step(Op::Cast, Kind::I64, BIG, NONE, Timestamp, true), Err(Fault::Type));
    assert_eq!(step(Op::Cast, Kind::I64, AT, NONE, Varchar(33), false), Ok(()));
    assert_eq!(step(Op::Cast, Kind::Text, T, NONE, Timestamp, true), Ok(()));
    for from in common::mutate::DATA_TYPES {
        assert!(cast_defined(from, from) && !cast_can_fail(from, from), "{from}");
        assert!(cast_defined(from, Varchar(1)) && cast_defined(Varchar(1), from), "{from}");
        if from.is_numeric() {
            assert!(!cast_can_fail(from, Double), "{from}");
            assert!(!cast_can_fail(from, Boolean), "{from}");
            assert!(!cast_can_fail(Boolean, from), "{from}");
            assert!(cast_can_fail(Varchar(9), from), "{from}");
            assert!(!cast_defined(from, Timestamp) && !cast_defined(Timestamp, from), "{from}");
        }
    }
    assert!(cast_can_fail(Double, Real) && cast_can_fail(Real, UTinyInt));
    assert!(cast_can_fail(Varchar(9), Varchar(8)) && !cast_can_fail(Varchar(8), Varchar(9)));
}

/// `text_len` is what a CAST to VARCHAR never exceeds.
#[test]
fn no_value_is_longer_than_its_type_says() {
    let mut random = common::Random::new(1);
    for data_type in common::mutate::DATA_TYPES {
        if matches!(data_type, DataType::Varchar(_)) {
            continue;
        }
        let longest = [i64::MIN, i64::MAX, -1, 0, 1 << 31, -(1 << 31), 1 << 62];
        let floats = [-2.2250738585072014e-308, f64::MIN, -1.2345678901234567e-4, -1.0 / 3.0, 1e15];
        let narrow = [f32::MIN, -f32::MIN_POSITIVE, -1e15, -1.2345679e-4];
        let values = longest.map(i64::cast_unsigned).into_iter();
        let values = values.chain(floats.map(f64::to_bits));
        let values = values.chain(narrow.map(|v| v.to_bits().into()));
        let values: Vec<u64> = values.chain((0..20_000).map(|_| random.next())).collect();
        for value in values {
            let mut text = String::new();
            let bytes = match data_type {
                DataType::Boolean => (value % 2).to_le_bytes(),
                _ => value.to_le_bytes(),
            };
            ringql_core::fmt::write_value(&mut text, data_type, &bytes).unwrap();
            assert!(text.len() <= text_len(data_type).into(), "{data_type}: {text}");
        }
    }
}

/// What can fail reads the guard's mask, so it can't write it; what can't fail may.
#[test]
fn a_guard_is_not_written_by_what_reads_it() {
    let guarded = |op: Op, kind: Kind, a: Operand| {
        program(|t| {
            let mask = t.register(DataType::Boolean, true);
            t.step(Op::Copy, Kind::Bool, mask, YES, NONE);
            t.step(Op::Guard, Kind::Bool, RegisterId(0), r(mask), NONE);
            t.step(op, kind, mask, a, NONE);
            t.step(Op::Unguard, Kind::Bool, RegisterId(0), NONE, NONE);
            t.step(Op::Cast, Kind::Text, mask, N, NONE);
        })
    };
    let fails = guarded(Op::Cast, Kind::Text, T);
    let error = verify(&fails.plan(), &ALL).unwrap_err();
    assert_eq!((error.table, error.entry, error.fault), (Table::Instructions, 10, Fault::Operand));
    let runs = guarded(Op::Cast, Kind::F32, F);
    assert_eq!(verify(&runs.plan(), &ALL), Ok(()));
    let outcome = common::run::run(&runs.plan(), &mut common::Random::new(1));
    assert_eq!(outcome, common::run::Outcome::Finished);
}
