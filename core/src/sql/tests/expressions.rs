//! Which instructions expressions become.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Op, count, dump, expression, operators, ops, plan};
use crate::types::DataType;

#[test]
fn common_subexpressions_are_computed_once() {
    let p = expression("(n + 1) * (n + 1), n + 1, 1 + n, (n + 1) IS NULL");
    assert_eq!((count(&p, Op::Load), count(&p, Op::Add)), (1, 1));
    // BETWEEN and IN use their left side several times.
    let p = expression("n * 2 BETWEEN 3 AND 5, n * 2 IN (1, 2, 3)");
    assert_eq!((count(&p, Op::Load), count(&p, Op::Mul)), (1, 1));
    // Arguments of aggregates, keys and results.
    let p = plan("SELECT n % 7, SUM(n % 7), MAX(n % 7), SUM(n % 7) * 2 FROM s GROUP BY n % 7");
    assert_eq!((count(&p, Op::Load), count(&p, Op::Mod)), (1, 1));
}

#[test]
fn values_are_gathered_behind_a_filter() {
    let p = plan("SELECT n * 2, n * 2 + 1, n FROM s WHERE n * 2 > 10");
    assert_eq!((count(&p, Op::Mul), count(&p, Op::Gather), count(&p, Op::Load)), (1, 1, 2));
    let p = plan("SELECT n * 2, COUNT(*) FROM s WHERE n * 2 > 10 GROUP BY n * 2");
    assert_eq!((count(&p, Op::Mul), count(&p, Op::Gather), count(&p, Op::Load)), (1, 1, 1));
    let p = plan(
        "SELECT MAX(n * 2) FROM TUMBLE(s, ts, INTERVAL '1' SECOND) WHERE n * 2 > 10 \
         GROUP BY window_start",
    );
    assert_eq!((count(&p, Op::Mul), count(&p, Op::Gather), count(&p, Op::Load)), (1, 1, 1));
    // Behind HAVING everything is gathered, and without it nothing.
    let p = plan("SELECT device, SUM(n) + 1 FROM s GROUP BY device HAVING SUM(n) + 1 > 3");
    assert_eq!((count(&p, Op::Add), count(&p, Op::Gather)), (1, 2));
    let p = plan("SELECT device, SUM(n) + 1 FROM s GROUP BY device");
    assert_eq!((count(&p, Op::Add), count(&p, Op::Gather)), (1, 0));
}

#[test]
fn what_failed_under_a_guard_is_computed_again_outside() {
    let p = expression("CASE WHEN ok THEN n + 1 END, n + 1");
    assert_eq!(count(&p, Op::Add), 2);
    let p = expression("n + 1, CASE WHEN ok THEN n + 1 END");
    assert_eq!((count(&p, Op::Add), count(&p, Op::Guard)), (1, 0));
    // What can't fail is shared in both ways.
    let p = expression("CASE WHEN ok THEN temp + 1 END, temp + 1");
    assert_eq!((count(&p, Op::Add), count(&p, Op::Guard)), (1, 0));
}

#[test]
fn guards() {
    assert_eq!(
        dump(&plan("SELECT n FROM s WHERE n <> 0 AND 10 % n = 1")),
        "r0 = load n\n\
         r1 = ne r0 0x0\n\
         r2 = coalesce r1 0x1\n\
         r3 = constant 0xa\n\
         guard r2\n\
         r4 = mod r3 r0\n\
         r5 = eq r4 0x1\n\
         r6 = and r1 r5\n\
         filter r6\n\
         r0 = load n\n\
         project\n"
    );
    assert_eq!(
        dump(&expression("CASE WHEN ok THEN n + 1 ELSE n END, n - 1")),
        "r0 = load ok\n\
         r1 = load n\n\
         r2 = copy r1\n\
         guard r0\n\
         r3 = add r1 0x1\n\
         r2 = blend r0 r3\n\
         unguard\n\
         r3 = sub r1 0x1\n\
         project\n"
    );
    let nested = expression("CASE WHEN ok THEN CASE WHEN n > 0 THEN n + 1 ELSE n - 1 END END");
    assert_eq!(count(&nested, Op::Guard), 2);
}

#[test]
fn constants_are_folded() {
    for (x, value) in [
        ("1 + 2 * 3", Some(7)),
        ("-(-(5))", Some(5)),
        ("7 % 4", Some(3)),
        ("ABS(-3)", Some(3)),
        ("CAST('12' AS INTEGER)", Some(12)),
        ("CAST(2.5 AS INTEGER)", Some(3)),
        ("CASE WHEN 1 > 2 THEN 3 WHEN 1 < 2 THEN 4 END", Some(4)),
        ("COALESCE(NULL, 5, n)", Some(5)),
        ("NULLIF(5, 6)", Some(5)),
        ("NULLIF(5, 5)", None),
        ("1 + NULL", None),
    ] {
        let p = expression(x);
        let op = if value.is_some() { Op::Constant } else { Op::Null };
        assert_eq!(ops(&p), [op], "{x}");
        assert_eq!(p.plan().constants.first().map(|c| c.0), value, "{x}");
    }
    for x in
        ["1 < 2", "NOT FALSE", "'a' = 'a'", "TIMESTAMP '2020-01-01' > '2019-12-31'", "1 IN (2, 1)"]
    {
        let p = expression(x);
        assert_eq!((ops(&p), p.plan().constants[0].0), ([Op::Constant].into(), 1), "{x}");
    }
}

#[test]
fn conditions_are_simplified() {
    for condition in ["TRUE", "1 = 1", "NOT FALSE", "TRUE OR n > 1", "device IS NOT NULL"] {
        let p = plan(&format!("SELECT device FROM s WHERE {condition}"));
        assert_eq!(operators(&p), ["scan", "project", "emit"], "{condition}");
    }
    for condition in
        ["NOT NOT ok", "ok AND TRUE", "ok OR FALSE", "TRUE AND (ok AND TRUE)", "ok OR ok"]
    {
        let p = plan(&format!("SELECT device FROM s WHERE {condition}"));
        assert_eq!(ops(&p), [Op::Load, Op::Load], "{condition}");
    }
    assert_eq!(ops(&expression("CASE WHEN FALSE THEN 1 ELSE device END")), [Op::Load]);
    assert_eq!(ops(&expression("COALESCE(device, 3)")), [Op::Load]);
    assert_eq!(ops(&expression("CAST(device AS UINTEGER)")), [Op::Load]);
}

#[test]
fn constants_stand_on_the_right() {
    assert_eq!(ops(&expression("1 + n, 2 * n")), [Op::Load, Op::Add, Op::Mul]);
    assert_eq!(ops(&expression("3 < n")), [Op::Load, Op::Gt]);
    assert_eq!(ops(&expression("3 - n")), [Op::Constant, Op::Load, Op::Sub]);
}

#[test]
fn registers_are_used_again() {
    let sum: Vec<String> = (1..60).map(|i| format!("(n + {i})")).collect();
    let p = expression(&sum.join(" * "));
    assert!(p.plan().registers.len() <= 5, "{}", p.plan().registers.len());
}

#[test]
fn nulls_are_known() {
    let nullable = |x: &str| {
        let p = expression(x);
        p.plan().fields[8].nullable
    };
    for x in
        ["n", "device + 1", "n = 1", "CASE WHEN ok THEN 1 END", "CAST(device AS TINYINT)", "ABS(n)"]
    {
        assert!(nullable(x), "{x}");
    }
    for x in [
        "device",
        "temp * 2",
        "n IS NULL",
        "COALESCE(n, 0)",
        "ok IS TRUE",
        "device > 3",
        "ABS(temp)",
        "CASE WHEN ok THEN 1 ELSE 2 END",
        "CAST(device AS BIGINT)",
        "CAST(device AS VARCHAR)",
        "ts",
    ] {
        assert!(!nullable(x), "{x}");
    }
}

#[test]
fn texts_get_lengths() {
    let length = |x: &str| expression(x).plan().fields[8].data_type;
    assert_eq!(length("name"), DataType::Varchar(8));
    assert_eq!(length("'abc'"), DataType::Varchar(3));
    assert_eq!(length("''"), DataType::Varchar(1));
    assert_eq!(length("CAST(n AS VARCHAR)"), DataType::Varchar(11));
    assert_eq!(length("CAST(n AS VARCHAR(30))"), DataType::Varchar(30));
    assert_eq!(length("COALESCE(name, 'longer than that')"), DataType::Varchar(16));
    assert_eq!(length("CASE WHEN ok THEN 'a' ELSE 'bcd' END"), DataType::Varchar(3));
    assert_eq!(length("NULLIF(name, 'longer than that')"), DataType::Varchar(8));
}
