//! The room that a text gets when SQL is compiled holds every result: of functions whose bound is
//! known, no row fails, and some results need all of it.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

use proptest::prelude::*;
use ringql_core::plan::op::OutputId;
use ringql_core::query::Query;
use ringql_core::record::{RecordMut, RecordRef};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::schema::Schema;
use ringql_core::sql::{Options, compile};
use ringql_core::types::DataType;

/// What an expression over columns `s` and `t` gives, with the room it has; `None` is NULL.
fn evaluate(expression: &str, s: &str, t: &str) -> (Option<String>, usize) {
    let length = |text: &str| text.len().max(1);
    let sql = format!(
        "CREATE STREAM x (s VARCHAR({}) NOT NULL, t VARCHAR({}) NOT NULL);\nSELECT {expression} AS y FROM x",
        length(s),
        length(t),
    );
    let program = compile(&sql, &Options { batch_rows: 1, ..Options::default() });
    let program = program.unwrap_or_else(|error| panic!("{}", error.render(&sql, "sql")));
    let input: Schema<'_> = program.streams[0].schema();
    let mut record = vec![0; input.layout().record_size];
    let mut row = RecordMut::new(input, &mut record).unwrap();
    for (column, text) in [s, t].into_iter().enumerate() {
        let bytes = row.value_mut(column).unwrap();
        bytes[..2].copy_from_slice(&(text.len() as u16).to_le_bytes());
        bytes[2..2 + text.len()].copy_from_slice(text.as_bytes());
    }
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let schema = plan.output(OutputId(0));
    let mut out = vec![0; schema.layout().record_size];
    let mut source = RecordSource::new(&record, record.len());
    query.poll(&mut source, &mut RecordSink::new(&mut out)).unwrap();
    let room = match schema.fields[0].data_type {
        DataType::Varchar(n) => usize::from(n),
        other => panic!("{other}"),
    };
    let value = RecordRef::new(schema, &out).unwrap().get(0).map(|bytes| {
        let length = usize::from(u16::from_le_bytes([bytes[0], bytes[1]]));
        String::from_utf8(bytes[2..2 + length].to_vec()).unwrap()
    });
    (value, room)
}

proptest! {
    #[test]
    fn every_result_fits(s in "[aAßſɐİ日🦆 ]{0,12}", t in "[aß日🦆]{0,5}", n in 0..40i32) {
        for expression in [
            "upper(s)".to_owned(), "lower(s)".into(), "reverse(s)".into(), "trim(s, t)".into(),
            format!("left(s, {n})"), format!("right(s, {n})"), format!("substring(s, 2, {n})"),
            "replace(s, 'a', t)".into(), "replace(s, t, 'xyz')".into(), "translate(s, t, 'é日')".into(),
            "s || t || s".into(), "concat(s, t, 7)".into(), "concat_ws(t, s, 'x', s)".into(),
            format!("repeat(s, {n})"), format!("lpad(s, {n}, t || 'x')"), format!("rpad(s, {n}, 'é')"),
            "split_part(s, t, 1)".into(), "chr(unicode('🦆'))".into(),
        ] {
            let (value, room) = evaluate(&expression, &s, &t);
            prop_assert!(value.is_some_and(|text| text.len() <= room), "{}", expression);
        }
    }
}

#[test]
fn some_results_need_all_of_it() {
    for (expression, s, t) in [
        ("upper(s)", "ßß", ""),
        ("lower(s)", "ȺȺ", ""),
        ("left(s, 2)", "🦆🦆🦆", ""),
        ("replace(s, 'a', t)", "aaa", "日"),
        ("translate(s, 'ab', t)", "ab", "🦆🦆"),
        ("s || t", "ab", "cd"),
        ("concat_ws(', ', s, t)", "ab", "cd"),
        ("repeat(s, 3)", "ab", ""),
        ("lpad(s, 5, '0')", "é", ""),
        ("rpad(s, 3, t)", "🦆", "🦆"),
    ] {
        let (value, room) = evaluate(expression, s, t);
        let text = value.unwrap();
        assert_eq!(text.len(), room, "{expression} gives {text:?}");
    }
}

/// What a producer wrote, UTF-8 or not, passes.
#[test]
fn bytes_are_neither_lost_nor_a_panic() {
    let broken = [0xffu8, b'a', 0x80, 0x80, 0xf0, 0x9f, b' '];
    let text = record_of(&broken);
    for expression in
        ["upper(s)", "lower(s)", "reverse(reverse(s))", "s || t", "replace(s, 'x', '')"]
    {
        let sql = format!(
            "CREATE STREAM x (s VARCHAR(7) NOT NULL, t VARCHAR(1) NOT NULL);\nSELECT {expression} AS y FROM x"
        );
        let program = compile(&sql, &Options::default()).unwrap();
        let plan = program.queries[0].plan();
        let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
        let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
        let schema = plan.output(OutputId(0));
        let mut out = vec![0; schema.layout().record_size];
        let mut source = RecordSource::new(&text, text.len());
        query.poll(&mut source, &mut RecordSink::new(&mut out)).unwrap();
        let value = RecordRef::new(schema, &out).unwrap().get(0).unwrap().to_vec();
        let length = usize::from(u16::from_le_bytes([value[0], value[1]]));
        let wanted: Vec<u8> = match expression {
            "upper(s)" => broken.to_ascii_uppercase(),
            _ => broken.to_vec(),
        };
        assert_eq!(value[2..2 + length], wanted, "{expression}");
    }
}

/// A record of `s` with these bytes and an empty `t`.
fn record_of(bytes: &[u8; 7]) -> Vec<u8> {
    let mut record = vec![0; 14];
    record[0] = 7;
    record[2..9].copy_from_slice(bytes);
    record
}
