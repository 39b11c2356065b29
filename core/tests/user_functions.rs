//! Functions of a user: a row at a time and over whole batches, called from SQL, named in plans by
//! a stable id, and refused where they are not known.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

use ringql_core::counters::Failure;
use ringql_core::error::{DecodeError, Fault, RunError, StartError, Table, VerifyError};
use ringql_core::function::Param::{Is, Text};
use ringql_core::function::{ALL, Function, Functions, Invocation, Returns, RowKernel, rows};
use ringql_core::plan::Plan;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::op::OutputId;
use ringql_core::plan::wire::{self, SmallPlan};
use ringql_core::query::Query;
use ringql_core::record::{RecordMut, RecordRef};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{CompileErrorKind, Options, OwnedPlan, compile};
use ringql_core::types::DataType::{BigInt, Double, Integer, Real, Varchar};

fn hypotenuse(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn gray(x: &[i32]) -> i32 {
    x[0] ^ (x[0] >> 1)
}

fn half(x: &[f32]) -> f32 {
    x[0] / 2.0
}

fn answer(_: &[i64]) -> i64 {
    42
}

/// Over a whole batch: fails where the divisor is 0.
fn divide_exactly(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::try_map(call, |(a, b): (i64, i64)| a.checked_div(b).filter(|q| q * b == a))
}

/// Over a whole batch, a text.
fn shout(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text,): (&[u8],), out| {
        out.push(text);
        out.push(b"!");
        rows::Outcome::Value(())
    })
}

const MINE: &[Function] = &[
    Function::per_row("hypotenuse", 2, RowKernel::F64(hypotenuse)),
    Function::per_row("gray", 1, RowKernel::I32(gray)),
    Function::per_row("half", 1, RowKernel::F32(half)),
    Function::per_row("answer", 0, RowKernel::I64(answer)),
    Function::new("divide_exactly", &[Is(BigInt), Is(BigInt)], Returns::Is(BigInt), divide_exactly)
        .fails(Failure::Function),
    Function::new("shout", &[Text], Returns::Text(|shapes| shapes[0].len() + 1), shout),
];
const FUNCTIONS: Functions<'static> = ALL.with(MINE);

const STREAM: &str = "CREATE STREAM s (i INTEGER, n BIGINT, r REAL, d DOUBLE, t VARCHAR(5));\n";

fn plan(select: &str, batch_rows: u16) -> OwnedPlan {
    let options = Options { batch_rows, functions: FUNCTIONS };
    compile(&format!("{STREAM}{select}"), &options).unwrap().queries.remove(0)
}

/// Rows of the stream: i, n, r, d, t; the third has only NULLs.
fn records(plan: &Plan<'_>) -> Vec<u8> {
    let schema = plan.input(ringql_core::plan::op::StreamId(0));
    let size = schema.layout().record_size;
    let mut bytes = vec![0; 3 * size];
    for (record, (i, t)) in bytes.chunks_mut(size).zip([(3, "abc"), (-7, "")]) {
        let mut record = RecordMut::new(schema, record).unwrap();
        record.value_mut(0).unwrap().copy_from_slice(&i32::to_le_bytes(i));
        record.value_mut(1).unwrap().copy_from_slice(&i64::from(i * 10).to_le_bytes());
        record.value_mut(2).unwrap().copy_from_slice(&(i as f32).to_le_bytes());
        record.value_mut(3).unwrap().copy_from_slice(&4f64.to_le_bytes());
        ringql_core::fmt::parse_value(Varchar(5), t.as_bytes(), record.value_mut(4).unwrap())
            .unwrap();
    }
    bytes
}

/// The values of the only column, as text, and how many values failed.
fn run(plan: &Plan<'_>) -> (Vec<String>, u64) {
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let mut query = Query::with_functions(plan, FUNCTIONS, arena).unwrap();
    let input = records(plan);
    let schema = plan.output(OutputId(0));
    let size = schema.layout().record_size;
    let mut output = vec![0; 16 * size];
    let mut sink = RecordSink::new(&mut output);
    let mut source = RecordSource::new(&input, input.len() / 3);
    while query.poll(&mut source, &mut sink).unwrap().rows_in > 0 {}
    let written = sink.written().chunks(size).map(|bytes| {
        let mut text = String::new();
        match RecordRef::new(schema, bytes).unwrap().get(0) {
            Some(value) => {
                ringql_core::fmt::write_value(&mut text, schema.fields[0].data_type, value)
                    .unwrap();
            }
            None => text.push_str("NULL"),
        }
        text
    });
    (written.collect(), query.counters().function_errors)
}

#[test]
fn they_are_called_from_sql() {
    for (call, data_type, values, failures) in [
        ("hypotenuse(i, d)", Double, ["5.0", "8.06225774829855", "NULL"], 0),
        ("hypotenuse(3, d)", Double, ["5.0", "5.0", "NULL"], 0),
        ("hypotenuse(3, 4)", Double, ["5.0", "5.0", "5.0"], 0),
        ("gray(i)", Integer, ["2", "5", "NULL"], 0),
        ("half(r) + 1", Real, ["2.5", "-2.5", "NULL"], 0),
        ("answer()", BigInt, ["42", "42", "42"], 0),
        ("divide_exactly(n, 4)", BigInt, ["NULL", "NULL", "NULL"], 2),
        ("divide_exactly(n, i)", BigInt, ["10", "10", "NULL"], 0),
        (
            "DIVIDE_EXACTLY(n, CASE WHEN i > 0 THEN 7 ELSE 10 END)",
            BigInt,
            ["NULL", "-7", "NULL"],
            1,
        ),
        ("CASE WHEN i < 0 THEN divide_exactly(n, 3) END", BigInt, ["NULL", "NULL", "NULL"], 1),
        ("shout(t)", Varchar(6), ["abc!", "!", "NULL"], 0),
    ] {
        for batch_rows in [1, 2, 64] {
            let owned = plan(&format!("SELECT {call} AS x FROM s"), batch_rows);
            let plan = owned.plan();
            assert_eq!(plan.output(OutputId(0)).fields[0].data_type, data_type, "{call}");
            let (found, failed) = run(&plan);
            assert_eq!(
                (found.as_slice(), failed),
                (&values.map(String::from)[..], failures),
                "{call}"
            );
            // And through bytes.
            let bytes = wire::to_vec(&plan).unwrap();
            let decoded = SmallPlan::decode(&bytes, &FUNCTIONS).unwrap();
            assert_eq!(run(&decoded.plan()).0, found, "{call}");
        }
    }
}

#[test]
fn a_plan_that_needs_an_unknown_function_is_refused() {
    let owned = plan("SELECT gray(i) AS g FROM s", 4);
    let plan = owned.plan();
    let bytes = wire::to_vec(&plan).unwrap();
    let refused = VerifyError { table: Table::Instructions, entry: 1, fault: Fault::Function };
    assert_eq!(SmallPlan::decode(&bytes, &ALL).unwrap_err(), DecodeError::Verify(refused));
    assert!(refused.to_string().contains("calls a function that is not known here"));
    let mut arena = vec![0u64; 1000];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    assert_eq!(Query::new(&plan, arena).unwrap_err(), StartError::Verify(refused));
}

#[test]
fn another_signature_has_another_id() {
    const OTHER: &[Function] = &[
        Function::per_row("gray", 2, RowKernel::I32(gray)),
        Function::per_row("gray", 1, RowKernel::I64(answer)),
        Function::per_row("grey", 1, RowKernel::I32(gray)),
    ];
    let owned = plan("SELECT gray(i) AS g FROM s", 4);
    let bytes = wire::to_vec(&owned.plan()).unwrap();
    assert!(SmallPlan::decode(&bytes, &ALL.with(OTHER)).is_err());
    assert!(SmallPlan::decode(&bytes, &Functions::NONE.with(MINE)).is_ok());
    // What plans call must mean the same in all versions: these numbers never change.
    assert_eq!(MINE[1].id().0, owned.plan().calls[0].function.0);
}

#[test]
fn every_id_is_unique() {
    let mut ids: Vec<_> = FUNCTIONS.iter().map(|f| (f.id(), f.signature.name)).collect();
    ids.sort();
    for pair in ids.windows(2) {
        assert!(pair[0].0 != pair[1].0, "{pair:?}");
    }
}

#[test]
fn errors_know_them() {
    let options = Options { functions: FUNCTIONS, ..Options::default() };
    let error = compile(&format!("{STREAM}SELECT hypotenus(i, d) FROM s"), &options).unwrap_err();
    assert_eq!(
        (error.kind(), error.help()),
        (CompileErrorKind::Unknown, "did you mean HYPOTENUSE?")
    );
    let error = compile(&format!("{STREAM}SELECT gray(t) FROM s"), &options).unwrap_err();
    assert_eq!(error.message(), "GRAY does not take (VARCHAR(5))");
    assert_eq!(error.help(), "it takes gray(INTEGER)");
    let error = compile(&format!("{STREAM}SELECT gray() FROM s"), &options).unwrap_err();
    assert_eq!(error.message(), "GRAY does not take ()");
}

#[test]
fn explain_names_them() {
    let owned = plan("SELECT hypotenuse(i, 4) AS h FROM s", 4);
    let text = Explanation::of(&owned.plan(), &FUNCTIONS).text();
    assert!(text.contains("hypotenuse(r"), "{text}");
    let text = Explanation::of(&owned.plan(), &ALL).text();
    assert!(text.contains("function 0x"), "{text}");
}
