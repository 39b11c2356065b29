//! Throughput from corner to corner, as JSON for `cargo xtask bench`: the reference
//! queries beside loops by hand and beside memory, then by batch size, by groups, by selectivity
//! and by overlap of windows.
//!
//!     sweep ROWS

use std::env;
use std::hint::black_box;

use ringql_benches::columns::Columns;
use ringql_benches::data::{Random, Reading, readings};
use ringql_benches::hand::{self, Q1Row};
use ringql_benches::hand_groups::q3_of;
use ringql_benches::measure::{by_hand, columnar, in_turns, memory, rate, row_major};
use ringql_benches::queries;
use ringql_benches::run::BATCH_ROWS;
use serde_json::{Value, json};

/// What is swept over many points is swept over fewer records: more than a core's own caches hold,
/// but a server's shared cache may hold them.
const FEWER: usize = 2_000_000;

fn main() {
    let rows = env::args().nth(1).and_then(|rows| rows.parse().ok()).expect("sweep ROWS");
    let rows = readings(rows);
    let columns = Columns::from(&*rows);
    let fewer = &rows[..rows.len().min(FEWER)];
    let fewer_columns = Columns::from(fewer);
    let found = json!({
        "rows": rows.len(),
        "reference": reference(&rows, &columns),
        "sweeps": [
            batch_sizes(fewer),
            groups(&rows),
            selectivity(fewer, &fewer_columns),
            overlap(fewer, &fewer_columns),
        ],
    });
    println!("{found:#}");
}

/// The queries beside the best loop by hand with the same grouping.
fn reference(rows: &[Reading], columns: &Columns) -> Vec<Value> {
    let mut out = [Q1Row::default(); 2048];
    let mut q1 = by_hand(rows, |rows| hand::q1_branch_free(rows, &mut out));
    let mut q2 = by_hand(rows, hand::q2);
    let mut q3 = by_hand(rows, |rows| hand::q3(rows, |row| _ = black_box(row)));
    let mut q4 = by_hand(rows, |rows| hand::q4(rows, |row| _ = black_box(row)));
    let mut q5 = by_hand(rows, |rows| hand::q5(rows, |row| _ = black_box(row)));
    let by_hand: [&mut dyn FnMut(); 5] = [&mut q1, &mut q2, &mut q3, &mut q4, &mut q5];
    // Of the columns that the query names.
    let column_bytes = [9, 9, 8, 16, 12];
    let each = queries::ALL.iter().zip(by_hand).zip(column_bytes);
    let figures = each.map(|(((name, sql), by_hand), column_bytes)| {
        let seconds = in_turns([
            by_hand,
            &mut row_major(sql, BATCH_ROWS, rows),
            &mut columnar(sql, BATCH_ROWS, columns),
            &mut memory(rows),
        ]);
        let [by_hand, row_major, columnar, memory] = seconds.map(|s| rows.len() as f64 / s / 1e6);
        json!({
            "query": name,
            "by_hand": by_hand,
            "row_major": row_major,
            "columnar": columnar,
            "record_bytes": size_of::<Reading>(),
            "column_bytes": column_bytes,
            "memory_gb": memory * size_of::<Reading>() as f64 / 1e3,
        })
    });
    figures.collect()
}

/// A chart: what is swept, and a line of points for each series.
fn sweep<X: Copy + Into<f64>>(
    name: &str,
    axis: &str,
    records: &str,
    logarithmic: bool,
    over: &[X],
    series: &mut [(&str, &mut dyn FnMut(X) -> f64)],
) -> Value {
    let mut lines: Vec<Vec<(f64, f64)>> = vec![Vec::new(); series.len()];
    for x in over {
        for (line, (_, measure)) in lines.iter_mut().zip(&mut *series) {
            line.push(((*x).into(), measure(*x)));
        }
    }
    let lines = series
        .iter()
        .zip(lines)
        .map(|((name, _), points)| json!({ "name": name, "points": points }));
    let lines: Vec<Value> = lines.collect();
    json!({ "name": name, "axis": axis, "records": records, "logarithmic": logarithmic, "series": lines })
}

fn batch_sizes(rows: &[Reading]) -> Value {
    const SIZES: [u16; 14] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
    let of = |sql: &'static str| {
        move |batch_rows: u16| {
            // A small batch is measured on fewer of them.
            let rows = if batch_rows < 32 { &rows[..rows.len() / 20] } else { rows };
            rate(rows.len(), row_major(sql, batch_rows, rows))
        }
    };
    let [mut q1, mut q2, mut q3, mut q4, mut q5] = queries::ALL.map(|(_, sql)| of(sql));
    sweep(
        "Throughput by batch size",
        "rows a batch",
        &format!("{}, row-major; a twentieth of them for batches under 32 rows", rows.len()),
        true,
        &SIZES,
        &mut [("Q1", &mut q1), ("Q2", &mut q2), ("Q3", &mut q3), ("Q4", &mut q4), ("Q5", &mut q5)],
    )
}

fn groups(rows: &[Reading]) -> Value {
    const GROUPS: [u32; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let of = |groups: u32| {
        let mut random = Random::new(u64::from(groups));
        let device = |row: &Reading| Reading { device: random.below(groups), ..*row };
        rows.iter().map(device).collect::<Vec<_>>()
    };
    let sql = |groups: u32| format!("{} SETTINGS max_groups = {groups}", queries::Q3);
    sweep(
        "Throughput by groups",
        "groups (Q3)",
        &rows.len().to_string(),
        true,
        &GROUPS,
        &mut [
            ("by hand, open addressing", &mut |groups| {
                let q3 = |rows: &[Reading]| q3_of(rows, groups as usize, |row| _ = black_box(row));
                rate(rows.len(), by_hand(&of(groups), q3))
            }),
            ("RingQL row-major", &mut |groups| {
                rate(rows.len(), row_major(&sql(groups), BATCH_ROWS, &of(groups)))
            }),
            ("RingQL columnar", &mut |groups| {
                let columns = Columns::from(&*of(groups));
                rate(rows.len(), columnar(&sql(groups), BATCH_ROWS, &columns))
            }),
        ],
    )
}

fn selectivity(rows: &[Reading], columns: &Columns) -> Value {
    const PERCENT: [u8; 11] = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100];
    // `temp` is uniform from 15 to 35.
    let least = |percent: u8| 35.0 - 0.2 * f32::from(percent);
    let sql = |percent: u8| {
        format!("SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp >= {}", least(percent))
    };
    let mut out = [Q1Row::default(); 2048];
    sweep(
        "Throughput by selectivity",
        "percent of the rows that pass (filter and project)",
        &rows.len().to_string(),
        false,
        &PERCENT,
        &mut [
            ("by hand, branch-free", &mut |percent| {
                let least = least(percent);
                rate(rows.len(), by_hand(rows, |rows| hotter(rows, least, &mut out)))
            }),
            ("RingQL row-major", &mut |percent| {
                rate(rows.len(), row_major(&sql(percent), BATCH_ROWS, rows))
            }),
            ("RingQL columnar", &mut |percent| {
                rate(rows.len(), columnar(&sql(percent), BATCH_ROWS, columns))
            }),
        ],
    )
}

/// Writes always, advances by the condition.
fn hotter(rows: &[Reading], least: f32, out: &mut [Q1Row; 2048]) -> usize {
    let mut n = 0;
    for rows in rows.chunks(1024) {
        let mut k = 0;
        for r in rows {
            out[k % 2048] = Q1Row { device: r.device, f: r.temp * 1.8 + 32.0 };
            k += usize::from(r.temp >= least);
        }
        black_box(&*out);
        n += k;
    }
    n
}

fn overlap(rows: &[Reading], columns: &Columns) -> Value {
    const WINDOWS: [u32; 7] = [1, 2, 5, 10, 30, 100, 1_000];
    let sql = |windows: u32| {
        format!(
            "SELECT window_start, AVG(temp) FROM HOP(s, ts, INTERVAL '100' MILLISECOND,
             INTERVAL '{}' MILLISECOND) GROUP BY window_start, window_end",
            windows * 100
        )
    };
    sweep(
        "Throughput by overlap of windows",
        "windows that a row is in (HOP, every 100 ms)",
        &rows.len().to_string(),
        true,
        &WINDOWS,
        &mut [
            ("RingQL row-major", &mut |windows| {
                rate(rows.len(), row_major(&sql(windows), BATCH_ROWS, rows))
            }),
            ("RingQL columnar", &mut |windows| {
                rate(rows.len(), columnar(&sql(windows), BATCH_ROWS, columns))
            }),
        ],
    )
}
