//! Prints what variants of `S` cost beside `S` itself, measured in turns in one run: NULLs, a text
//! as the key, more devices or uneven ones, records out of order.
//!
//!     cargo run --release -p ringql-benches --bin variants [ROWS]
//!     variants ROWS json

use std::collections::HashMap;
use std::env;

use ringql_benches::check::{self, Cell, Row};
use ringql_benches::columns::Columns;
use ringql_benches::data::{Reading, readings};
use ringql_benches::measure::{in_turns, over_columns, over_records};
use ringql_benches::queries::{self, STREAM};
use ringql_benches::run::{BATCH_ROWS, CollectingSink, arena, plan_over, run};
use ringql_benches::variants::{
    DELAYED, NAMED, NamedRows, Nullable, WITH_NULLS, of_devices, out_of_order, zipf,
};
use ringql_core::batch::ColumnValues;
use serde_json::{Value, json};

const ROWS: usize = 10_000_000;
/// Rows of which the results are compared.
const CHECKED: usize = 20_000;

/// A stream and its rows in both forms.
struct Input<'r> {
    stream: &'r str,
    /// Devices, if they are more than the default of `max_groups`.
    devices: Option<u32>,
    records: &'r [u8],
    record_size: usize,
    columns: [ColumnValues<'r>; 5],
}

impl<'r> Input<'r> {
    fn of(stream: &'r str, records: &'r [u8], columns: &'r Columns) -> Self {
        let record_size = size_of::<Reading>();
        Self { stream, devices: None, records, record_size, columns: columns.values() }
    }

    fn plan(&self, sql: &str) -> ringql_core::sql::OwnedPlan {
        let settings = self.devices.map_or_else(String::new, |devices| match sql {
            _ if sql.contains("GROUP BY") => format!(" SETTINGS max_groups = {devices}"),
            _ => String::new(),
        });
        plan_over(self.stream, &format!("{sql}{settings}"), BATCH_ROWS)
    }

    fn row_major(&self, sql: &str) -> impl FnMut() {
        over_records(self.plan(sql), self.records, self.record_size)
    }

    fn columnar(&self, sql: &str) -> impl FnMut() {
        over_columns(self.plan(sql), self.columns, self.records.len() / self.record_size)
    }

    /// The results over the first rows.
    fn results(&self, sql: &str) -> Vec<Row> {
        let plan = self.plan(sql);
        let mut sink = CollectingSink::default();
        let records = &self.records[..self.records.len().min(CHECKED * self.record_size)];
        run(&plan, &mut arena(&plan), records, self.record_size, &mut sink);
        check::decode(&plan.plan(), &sink.records)
    }
}

/// What was measured.
struct Cost {
    variant: String,
    query: &'static str,
    /// Million records a second: plain and the variant, row-major and then columnar.
    rates: [f64; 4],
    /// The most that the variant may cost, times the plain case.
    most: Option<f64>,
}

impl Cost {
    fn row_major(&self) -> f64 {
        self.rates[0] / self.rates[1]
    }

    fn columnar(&self) -> f64 {
        self.rates[2] / self.rates[3]
    }
}

struct Measured<'r> {
    plain: Input<'r>,
    costs: Vec<Cost>,
}

impl Measured<'_> {
    fn add(&mut self, variant: &str, input: &Input<'_>, names: &[&'static str], most: Option<f64>) {
        for query in names {
            let (_, sql) = queries::ALL.iter().find(|(name, _)| name == query).expect("a query");
            let seconds = in_turns([
                &mut self.plain.row_major(sql),
                &mut input.row_major(sql),
                &mut self.plain.columnar(sql),
                &mut input.columnar(sql),
            ]);
            let rows = self.plain.records.len() / self.plain.record_size;
            let rates = seconds.map(|seconds| rows as f64 / seconds / 1e6);
            self.costs.push(Cost { variant: variant.to_owned(), query, rates, most });
        }
    }
}

fn main() {
    let count = env::args().nth(1).map_or(ROWS, |rows| rows.parse().expect("a number of rows"));
    let rows = readings(count);
    let columns = Columns::from(&*rows);
    let plain = || Input::of(STREAM, bytemuck::cast_slice(&rows), &columns);
    let mut measured = Measured { plain: plain(), costs: Vec::new() };

    let nullable = Nullable::of(&rows);
    let input = Input {
        columns: nullable.values(),
        ..Input::of(WITH_NULLS, bytemuck::cast_slice(&nullable.records), &columns)
    };
    check::same("NULLs", input.results(queries::Q3), grouped(&nullable.records));
    measured.add("10 % NULLs", &input, &["Q1", "Q2", "Q3", "Q4", "Q5"], Some(1.4));
    drop(nullable);

    let named = NamedRows::of(&rows);
    let input = Input {
        columns: named.values(),
        records: bytemuck::cast_slice(&named.records),
        record_size: 40,
        ..Input::of(NAMED, &[], &columns)
    };
    check::same("names", input.results(queries::Q3).into_iter().map(numbered).collect(), {
        plain().results(queries::Q3)
    });
    measured.add("VARCHAR(16) key", &input, &["Q3", "Q4"], Some(2.5));
    drop(named);

    for devices in [100_000, 1_000_000] {
        let more = of_devices(&rows, devices);
        let columns = Columns::from(&*more);
        let input = Input {
            devices: Some(devices),
            ..Input::of(STREAM, bytemuck::cast_slice(&more), &columns)
        };
        measured.add(&format!("{devices} devices"), &input, &["Q3", "Q4"], None);
    }
    for devices in [1_000, 100_000] {
        let uneven = zipf(&rows, devices);
        let columns = Columns::from(&*uneven);
        let input = Input {
            devices: Some(devices),
            ..Input::of(STREAM, bytemuck::cast_slice(&uneven), &columns)
        };
        measured.add(&format!("{devices} devices by Zipf"), &input, &["Q3", "Q4"], None);
    }
    let trailing = Input { stream: DELAYED, ..plain() };
    measured.add("watermark 2 s behind", &trailing, &["Q4", "Q5"], None);
    let late = out_of_order(&rows);
    let columns = Columns::from(&*late);
    let input = Input::of(DELAYED, bytemuck::cast_slice(&late), &columns);
    let mut first = late[..count.min(CHECKED)].to_vec();
    first.sort_by_key(|row| row.ts);
    for name in ["Q4", "Q5"] {
        let (_, sql) = queries::ALL.into_iter().find(|(known, _)| *known == name).expect("a query");
        check::same(name, input.results(sql), check::by_hand(name, &first));
    }
    measured.add("out of order by up to 2 s", &input, &["Q4", "Q5"], None);

    if env::args().nth(2).is_some_and(|form| form == "json") {
        println!("{:#}", measured.costs.iter().map(as_json).collect::<Value>());
    } else {
        print(count, &measured.costs);
    }
}

/// Q3 by hand over records with NULLs.
fn grouped(records: &[Reading]) -> Vec<Row> {
    #[derive(Default)]
    struct Group {
        count: i64,
        values: u32,
        sum: f64,
        max: Option<f32>,
    }
    let mut groups: HashMap<Option<u32>, Group> = HashMap::new();
    for r in &records[..records.len().min(CHECKED)] {
        let is = |column: u8| r.padding[0] >> column & 1 != 0;
        let group = groups.entry(is(1).then_some(r.device)).or_default();
        group.count += 1;
        if is(2) {
            group.values += 1;
            group.sum += f64::from(r.temp);
            group.max = Some(group.max.map_or(r.temp, |max| max.max(r.temp)));
        }
    }
    let row = |(device, g): (Option<u32>, Group)| {
        vec![
            device.map_or(Cell::Null, |device| Cell::Int(device.into())),
            Cell::Int(g.count),
            g.max.map_or(Cell::Null, |_| Cell::Real(g.sum / f64::from(g.values))),
            g.max.map_or(Cell::Null, |max| Cell::Real(max.into())),
        ]
    };
    groups.into_iter().map(row).collect()
}

/// A result row whose device is a name: with its number.
fn numbered(mut row: Row) -> Row {
    if let Cell::Text(name) = &row[0] {
        row[0] = Cell::Int(name["device-".len()..].parse().expect("a number"));
    }
    row
}

fn as_json(cost: &Cost) -> Value {
    json!({
        "variant": cost.variant,
        "query": cost.query,
        "rates": cost.rates,
        "row_major": cost.row_major(),
        "columnar": cost.columnar(),
        "most": cost.most,
    })
}

fn print(rows: usize, costs: &[Cost]) {
    println!(
        "{rows} records, one thread; million records a second, and times the plain case's time"
    );
    println!(
        "{:<28}{:<4}{:>10}{:>9}{:>7}{:>12}{:>9}{:>7}  at most",
        "", "", "row-major", "variant", "times", "columnar", "variant", "times"
    );
    for cost in costs {
        let [plain, variant, plain_columns, variant_columns] = cost.rates;
        println!(
            "{:<28}{:<4}{plain:>10.0}{variant:>9.0}{:>7.2}{plain_columns:>12.0}{variant_columns:>9.0}{:>7.2}  {}",
            cost.variant,
            cost.query,
            cost.row_major(),
            cost.columnar(),
            cost.most.map_or_else(String::new, |most| most.to_string()),
        );
    }
}
