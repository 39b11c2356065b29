//! Queries compiled, verified and looked at as tables.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Options, OwnedPlan, compile};
use crate::plan::op::{Op, Operand, Source, Takes};
use crate::plan::verify::verify;

const S: &str = "CREATE STREAM s (ts TIMESTAMP, device INTEGER UNSIGNED NOT NULL, \
    temp REAL NOT NULL, humidity REAL NOT NULL, status TINYINT UNSIGNED NOT NULL, \
    n INTEGER, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);\n";

fn plan(sql: &str) -> OwnedPlan {
    let text = format!("{S}{sql}");
    let mut program = compile(&text, &Options::default())
        .unwrap_or_else(|e| panic!("{}", e.render(&text, "test")));
    let owned = program.queries.remove(0);
    verify(&owned.plan()).unwrap_or_else(|e| panic!("{e}\n{}", dump(&owned)));
    owned
}

/// One line per instruction and operator.
fn dump(owned: &OwnedPlan) -> String {
    let plan = owned.plan();
    let operand = |takes: Takes, x: Operand| match (takes, x.source()) {
        (Takes::Nothing, _) => String::new(),
        (Takes::Column, _) => format!(" c{}", x.0),
        (_, Source::Register(r)) => format!(" r{}", r.0),
        (_, Source::Constant(c)) => format!(" k{}", c.0),
    };
    let mut text = String::new();
    for (i, r) in plan.registers.iter().enumerate() {
        text += &format!("r{i} {}{}\n", r.data_type, if r.nullable { "?" } else { "" });
    }
    for (i, s) in plan.instructions.iter().enumerate() {
        let info = s.op.info();
        let (a, b) = (operand(info.a, s.a), operand(info.b, s.b));
        text += &format!("{i} r{} = {}{a}{b}\n", s.dst.0, info.name);
    }
    for operator in plan.operators {
        text += &format!("{operator:?}\n");
    }
    text += &format!("{:?} {:?} {:?}\n", plan.lists, plan.aggregates, plan.texts);
    text
}

#[test]
fn reference_queries() {
    for sql in [
        "SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3",
        "SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1",
        "SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device",
        "SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp) FROM TUMBLE(s, ts, \
         INTERVAL '1' SECOND) GROUP BY window_start, window_end, device",
        "SELECT ts + INTERVAL 5 MINUTE, window_start, * FROM TUMBLE(s, ts, INTERVAL '1' SECOND)",
        "SELECT CASE WHEN n > 0 THEN n * n WHEN n * 2 > 4 THEN n + 1 END, COALESCE(n, n + 1, 2) \
         FROM s WHERE n <> 0 AND 10 % n = 1",
        "SELECT device, AVG(temp) + 1 FROM s GROUP BY device HAVING AVG(temp) + 1 > 3 AND MIN(n) < MAX(n) + 2",
    ] {
        std::eprintln!("{sql}\n{}", dump(&plan(sql)));
    }
}
