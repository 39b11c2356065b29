//! `cargo xtask bench --report`: figures of one run as `benches/REPORT.md` and charts.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{build, charts, machine, measured, peers};
use crate::process::capture;
use crate::project;

/// Measures everything that the report says, and writes it.
pub(crate) fn run(workload: &peers::Workload) -> Result<()> {
    let machine = machine::describe()?;
    peers::run(workload)?;
    let peers = fs::read_to_string(peers::figures()).context("the peers' figures")?;
    let peers = serde_json::from_str(&peers).context("the peers' figures")?;
    println!("    measuring the reference queries and the sweeps");
    let sweep = capture(measured(build("sweep")?).arg(workload.rows.to_string()))?;
    let sweep: Value = serde_json::from_str(&sweep).context("the sweeps' figures")?;

    let benches = project::root().join("benches");
    fs::create_dir_all(benches.join("charts"))?;
    let mut text = String::from(
        "# Benchmark report\n\n\
         Written by `cargo xtask bench --report`, which measured all of it in one run; never edited.\n\
         One thread; rates are million records a second, each the best of some runs. Every engine gets\n\
         huge pages from its allocator.\n\n",
    );
    for (name, value) in machine {
        let _ = writeln!(text, "- {name}: {value}");
    }
    reference(&mut text, &sweep);
    beside_peers(&mut text, &peers)?;
    for sweep in list(&sweep["sweeps"]) {
        charted(&mut text, sweep, &benches)?;
    }
    fs::write(benches.join("REPORT.md"), text)?;
    println!("    wrote benches/REPORT.md");
    Ok(())
}

fn reference(text: &mut String, sweep: &Value) {
    let _ = write!(
        text,
        "\n## Beside loops by hand and beside memory\n\n\
         {} records of `S` in memory, in batches of 1,024 rows. The loops are those of\n\
         `benches/src/hand.rs`, over records; all take turns with a loop that only reads the\n\
         records' memory. \"Of memory\" is the part of its bytes a second that a query reads: of\n\
         whole records of {} bytes, or of the columns that it names.\n\n",
        count(&sweep["rows"]),
        list(&sweep["reference"])
            .next()
            .map_or(0, |first| first["record_bytes"].as_u64().unwrap_or(0)),
    );
    let head = [
        "",
        "by hand",
        "row-major",
        "of by hand",
        "of memory",
        "columnar",
        "of by hand",
        "of memory",
        "memory, GB/s",
    ];
    let line = |query: &Value| {
        let value = |key: &str| query[key].as_f64().unwrap_or(f64::NAN);
        let [by_hand, row_major, columnar] = ["by_hand", "row_major", "columnar"].map(value);
        let memory = value("memory_gb");
        vec![
            string(&query["query"]),
            figure(by_hand),
            figure(row_major),
            figure(row_major / by_hand),
            figure(row_major * value("record_bytes") / 1e3 / memory),
            figure(columnar),
            figure(columnar / by_hand),
            figure(columnar * value("column_bytes") / 1e3 / memory),
            figure(memory),
        ]
    };
    let lines: Vec<_> = list(&sweep["reference"]).map(line).collect();
    *text += &table(&head, &lines);
}

fn beside_peers(text: &mut String, peers: &Value) -> Result<()> {
    let engines: Vec<&Value> = list(&peers["engines"]).collect();
    let names: Vec<String> = engines.iter().map(|engine| string(&engine["name"])).collect();
    let versions = engines.iter().map(|e| {
        format!(
            "{} {} over {} records",
            string(&e["name"]),
            string(&e["version"]),
            count(&e["rows"])
        )
    });
    let _ = write!(
        text,
        "\n## Beside other engines\n\n\
         The same rows of {} devices in memory, each engine's in its own format, one thread each, in\n\
         turns. Every result row was compared with RingQL's before anything was measured. Q5 is a\n\
         hopping window, which the others do by sums of panes or by a row for each hop (Polars by its\n\
         own `group_by_dynamic`).\n\n{}.\n\n",
        count(&peers["devices"]),
        versions.collect::<Vec<_>>().join("; "),
    );
    let rates = peers["rates"].as_object().context("no rates of the peers")?;
    let rate = |rates: &Value, name: &str| rates[name].as_f64().unwrap_or(f64::NAN);
    let head: Vec<&str> = [""].into_iter().chain(names.iter().map(String::as_str)).collect();
    let line = |(query, rates): (&String, &Value)| {
        let figures = names.iter().map(|name| figure(rate(rates, name)));
        [query.clone()].into_iter().chain(figures).collect()
    };
    *text += &table(&head, &rates.iter().map(line).collect::<Vec<Vec<String>>>());
    let (own, others): (Vec<_>, Vec<_>) =
        names.iter().map(String::as_str).partition(|name| name.starts_with("RingQL"));
    for own in own {
        let _ = write!(text, "\n{own}, times as fast as\n\n");
        let head: Vec<&str> = [""].into_iter().chain(others.iter().copied()).collect();
        let line = |(query, rates): (&String, &Value)| {
            let ratios = others.iter().map(|other| figure(rate(rates, own) / rate(rates, other)));
            [query.clone()].into_iter().chain(ratios).collect()
        };
        *text += &table(&head, &rates.iter().map(line).collect::<Vec<Vec<String>>>());
    }
    Ok(())
}

/// A sweep: its chart, and its figures.
fn charted(text: &mut String, sweep: &Value, benches: &Path) -> Result<()> {
    let name = string(&sweep["name"]);
    let file = format!("charts/{}.svg", name.to_lowercase().replace(' ', "-"));
    charts::draw(sweep, &benches.join(&file))?;
    let _ = write!(
        text,
        "\n## {name}\n\n![{name}]({file})\n\nRecords: {}.\n\n",
        string(&sweep["records"])
    );
    let series: Vec<&Value> = list(&sweep["series"]).collect();
    let axis = string(&sweep["axis"]);
    let names: Vec<String> = series.iter().map(|series| string(&series["name"])).collect();
    let head: Vec<&str> = [&axis].into_iter().chain(&names).map(String::as_str).collect();
    let points = series.first().map_or(0, |series| list(&series["points"]).count());
    let line = |at: usize| {
        let x = series.first().map_or_else(String::new, |s| count(&s["points"][at][0]));
        let y = |s: &&Value| figure(s["points"][at][1].as_f64().unwrap_or(f64::NAN));
        [x].into_iter().chain(series.iter().map(y)).collect()
    };
    *text += &table(&head, &(0..points).map(line).collect::<Vec<Vec<String>>>());
    Ok(())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A whole number, thousands apart.
fn count(value: &Value) -> String {
    let digits = format!("{:.0}", value.as_f64().unwrap_or(f64::NAN));
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits that matter, or all before the point.
pub(super) fn figure(value: f64) -> String {
    match value {
        _ if value >= 99.95 => count(&value.round().into()),
        _ if value >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A table of Markdown, figures to the right.
fn table(head: &[&str], lines: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", head.join(" | "), "---:|".repeat(head.len() - 1));
    for line in lines {
        let _ = writeln!(text, "| {} |", line.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let figures = [0.4567, 9.994, 9.996, 45.67, 99.96, 456.7, 1_234.5, 12_345_678.0];
        let expected = ["0.46", "9.99", "10.0", "45.7", "100", "457", "1,235", "12,345,678"];
        assert_eq!(figures.map(figure), expected);
    }

    #[test]
    fn tables_are_markdown() {
        let lines = [vec!["Q1".to_owned(), "2".to_owned()]];
        assert_eq!(table(&["", "rate"], &lines), "|  | rate |\n|---|---:|\n| Q1 | 2 |\n");
    }
}
