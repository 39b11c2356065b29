//! What the reference workloads must reach, beside what they reached.

use serde_json::Value;

use super::Figures;
use super::markdown::{figure, list, number, string, table};

/// What Velostream reports of itself, million records a second: V0, and V3 at its best. (It says
/// nothing of V2.)
const VELOSTREAM: [(&str, f64, f64); 2] = [("V0", 0.55, 500.0), ("V3", 0.37, 100.0)];

const REPORT: &str = "cargo xtask bench";
const PEERS: &str = "cargo xtask bench --peers";
const RATIOS: &str = "cargo run --release -p ringql-benches --bin ratios";
const VARIANTS: &str = "cargo run --release -p ringql-benches --bin variants";

/// A target.
struct Target {
    what: String,
    wanted: f64,
    /// Whether it is the most that is allowed.
    at_most: bool,
    reached: f64,
    command: &'static str,
}

impl Target {
    fn line(&self) -> Vec<String> {
        let Self { what, wanted, at_most, reached, command } = self;
        let holds = if *at_most { reached <= wanted } else { reached >= wanted };
        let bound = if *at_most { "at most" } else { "at least" };
        vec![
            what.clone(),
            format!("{bound} {}", figure(*wanted)),
            figure(*reached),
            if holds { "yes" } else { "no" }.to_owned(),
            format!("`{command}`"),
        ]
    }
}

/// The table of targets.
pub(super) fn write(text: &mut String, figures: &Figures) {
    *text += "\n## Targets\n\n";
    let lines: Vec<_> = targets(figures).iter().map(Target::line).collect();
    *text += &table(&["", "wanted", "reached", "holds", "command"], &lines);
    *text += "\nThe latency from a record to its result should be under 20 microseconds for 99 %: see \
              [Latency](#latency).\n";
}

fn targets(figures: &Figures) -> Vec<Target> {
    let mut all = beside_hand(figures);
    all.extend(beside_peers(figures));
    let least = |what: String, wanted, reached, command| Target {
        what,
        wanted,
        at_most: false,
        reached,
        command,
    };
    for rings in list(&figures.costs["rings"]) {
        let reached = number(&rings["two_threads"]) / number(&rings["memory"]);
        let what = format!("{}, two threads, of one from memory", string(&rings["query"]));
        all.push(least(what, 0.7, reached, REPORT));
    }
    let by_batch = list(&figures.sweep["sweeps"]).find(|s| s["name"] == "Throughput by batch size");
    let first = by_batch.map_or(f64::NAN, |s| number(&s["series"][0]["points"][0][1]));
    all.push(least("Q1 one by one, million records a second".to_owned(), 15.0, first, REPORT));
    for (query, rate, times) in VELOSTREAM {
        let reached = row_major(&figures.peers["rates"][query]) / rate;
        all.push(least(format!("{query}, times Velostream's {rate}"), times, reached, PEERS));
    }
    all.extend(costs(figures));
    all
}

/// Row-major, of the best loop by hand with the same grouping.
fn beside_hand(figures: &Figures) -> Vec<Target> {
    let wanted = [0.6, 0.8, 0.7, 0.7, 0.6];
    let target = |(query, wanted): (&Value, f64)| Target {
        what: format!("{} row-major, of by hand", string(&query["query"])),
        wanted,
        at_most: false,
        reached: number(&query["row_major"]) / number(&query["by_hand"]),
        command: RATIOS,
    };
    list(&figures.sweep["reference"]).zip(wanted).map(target).collect()
}

fn row_major(rates: &Value) -> f64 {
    number(&rates["RingQL row-major"])
}

fn columnar(rates: &Value) -> f64 {
    number(&rates["RingQL columnar"])
}

/// The fastest of the other engines.
fn best_peer(rates: &Value) -> f64 {
    let engines = rates.as_object().into_iter().flatten();
    let others = engines.filter(|(name, _)| !name.starts_with("RingQL"));
    others.map(|(_, rate)| number(rate)).fold(f64::NAN, f64::max)
}

fn beside_peers(figures: &Figures) -> Vec<Target> {
    let rates = &figures.peers["rates"];
    let [q1, q2, q3, q4] = ["Q1", "Q2", "Q3", "Q4"].map(|query| &rates[query]);
    let [panes, hops] = ["Q5 panes", "Q5 hops"].map(|query| &rates[query]);
    let many = &figures.many["rates"]["Q3"];
    let all: [(&str, f64, f64); 8] = [
        ("Q1 columnar, times Polars", 1.0, columnar(q1) / number(&q1["Polars"])),
        ("Q2 columnar, times Polars", 1.0, columnar(q2) / number(&q2["Polars"])),
        ("Q3 columnar, times chDB", 2.0, columnar(q3) / number(&q3["chDB"])),
        ("Q4 row-major, times the best peer", 4.0, row_major(q4) / best_peer(q4)),
        ("Q4 columnar, times the best peer", 6.0, columnar(q4) / best_peer(q4)),
        (
            "Q5 columnar, times the best peer",
            6.0,
            columnar(panes) / best_peer(panes).max(best_peer(hops)),
        ),
        (
            "Q3 of 1,000,000 groups, row-major, times DuckDB",
            4.0,
            row_major(many) / number(&many["DuckDB"]),
        ),
        (
            "Q3 of 1,000,000 groups, columnar, times DuckDB",
            4.0,
            columnar(many) / number(&many["DuckDB"]),
        ),
    ];
    let target = |(what, wanted, reached): (&str, f64, f64)| Target {
        what: what.to_owned(),
        wanted,
        at_most: false,
        reached,
        command: PEERS,
    };
    all.into_iter().map(target).collect()
}

/// What must not take longer than that.
fn costs(figures: &Figures) -> Vec<Target> {
    let q4 = list(&figures.costs["plans"]).find(|plan| plan["query"] == "Q4");
    let of_q4 = |key: &str| q4.map_or(f64::NAN, |plan| number(&plan[key]));
    let most = |what: &str, wanted, reached, command| Target {
        what: what.to_owned(),
        wanted,
        at_most: true,
        reached,
        command,
    };
    let mut all = vec![
        most("SQL to verified plan, Q4, microseconds", 200.0, of_q4("compiled"), REPORT),
        most("Plan decoded and verified, Q4, microseconds", 10.0, of_q4("decoded"), REPORT),
    ];
    for cost in list(&figures.variants) {
        let (variant, query) = (string(&cost["variant"]), string(&cost["query"]));
        let is_one = variant != "VARCHAR(16) key" || query == "Q3";
        if let (Some(wanted), true) = (cost["most"].as_f64(), is_one) {
            for (form, key) in [("row-major", "row_major"), ("columnar", "columnar")] {
                let what = format!("{variant}, {query} {form}, times without");
                all.push(most(&what, wanted, number(&cost[key]), VARIANTS));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_holds_on_its_side() {
        let target = |at_most, reached| {
            let what = String::new();
            Target { what, wanted: 2.0, at_most, reached, command: REPORT }.line()[3].clone()
        };
        assert_eq!(
            [target(false, 2.0), target(false, 1.9), target(false, f64::NAN)],
            ["yes", "no", "no"]
        );
        assert_eq!(
            [target(true, 2.0), target(true, 2.1), target(true, f64::NAN)],
            ["yes", "no", "no"]
        );
    }

    #[test]
    fn the_best_peer_is_none_of_ours() {
        let rates = serde_json::json!({ "RingQL columnar": 9.0, "DuckDB": 2.0, "chDB": 3.0 });
        assert_eq!(best_peer(&rates), 3.0);
    }
}
