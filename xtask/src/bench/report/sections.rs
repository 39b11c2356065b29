//! The parts of the report.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::super::charts;
use super::markdown::{count, figure, list, number, string, table};

/// The reference queries beside loops by hand and beside memory.
pub(super) fn reference(text: &mut String, sweep: &Value) {
    let _ = write!(
        text,
        "\n## Beside loops by hand and beside memory\n\n\
         {} records of `S` in memory, in batches of 4,096 rows. The loops are those of\n\
         `benches/src/hand.rs`, over records; all take turns with a loop that only reads the\n\
         records' memory. \"Of memory\" is the part of its bytes a second that a query reads: of\n\
         whole records of {} bytes, or of the columns that it names.\n\n",
        count(&sweep["rows"]),
        list(&sweep["reference"])
            .next()
            .map_or(0, |first| first["record_bytes"].as_u64().unwrap_or(0)),
    );
    *text += &beside_hand(sweep);
}

/// The table of it.
pub(super) fn beside_hand(sweep: &Value) -> String {
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
    table(&head, &lines)
}

/// Beside other engines.
pub(super) fn beside_peers(text: &mut String, peers: &Value, many: &Value) -> Result<()> {
    let engines: Vec<&Value> = list(&peers["engines"]).collect();
    let names: Vec<String> = engines.iter().map(|engine| string(&engine["name"])).collect();
    let versions = engines.iter().map(|e| {
        format!(
            "{} {} over {} records and {} trades",
            string(&e["name"]),
            string(&e["version"]),
            count(&e["rows"]),
            count(&e["trades"])
        )
    });
    let _ = write!(
        text,
        "\n## Beside other engines\n\n\
         The same rows of {} devices in memory, each engine's in its own format, one thread each, in\n\
         turns. Every result row was compared with RingQL's before anything was measured. Q5 is a\n\
         hopping window, which the others do by sums of panes or by a row for each hop (Polars by its\n\
         own `group_by_dynamic`); V2 is a window function over the last 100 rows, of all symbols\n\
         together. V0 and V1 give most of these engines no work: their results are columns that they\n\
         hold already, while RingQL writes each row to its sink.\n\n{}.\n\n",
        count(&peers["devices"]),
        versions.collect::<Vec<_>>().join("; "),
    );
    rates_of(text, &names, peers)?;
    let _ = write!(
        text,
        "\n### Many groups\n\nQ3 over the same rows of {} devices.\n\n",
        count(&many["devices"])
    );
    rates_of(text, &names, many)
}

/// A table of rates, and for each form of RingQL one of ratios.
fn rates_of(text: &mut String, names: &[String], peers: &Value) -> Result<()> {
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
pub(super) fn charted(text: &mut String, sweep: &Value, benches: &Path) -> Result<()> {
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

/// What variants of the data cost.
pub(super) fn variants(text: &mut String, variants: &Value) {
    *text += "\n## Variants of the data\n\n\
              Each query over `S` and over the variant, in turns; \"times\" is how many times as long the\n\
              variant takes.\n\n";
    let head = ["", "", "row-major", "variant", "times", "columnar", "variant", "times", "at most"];
    let line = |cost: &Value| {
        let rate = |at: usize| figure(number(&cost["rates"][at]));
        let times = |form: &str| figure(number(&cost[form]));
        vec![
            string(&cost["variant"]),
            string(&cost["query"]),
            rate(0),
            rate(1),
            times("row_major"),
            rate(2),
            rate(3),
            times("columnar"),
            cost["most"].as_f64().map_or_else(String::new, |most| most.to_string()),
        ]
    };
    *text += &table(&head, &list(variants).map(line).collect::<Vec<_>>());
}
