//! Views, subqueries, and windows over windows.

use alloc::format;
use alloc::vec::Vec;

use super::windows::{aggregate, sort, windows};
use super::{TimeSource, operators, plan};
use crate::plan::{EmitMode, Operator, WindowTime};

const MINUTES: &str = "SELECT window_start, window_end, window_time, device, COUNT(*) AS n, \
    AVG(temp) AS t FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start, device";

#[test]
fn a_view_of_rows_is_its_query() {
    let view = "CREATE VIEW warm AS SELECT ts AS at, device, temp * 2 AS twice FROM s \
                WHERE temp > 30;\n";
    assert_eq!(
        plan(&format!("{view} SELECT device, twice FROM warm")),
        plan("SELECT device, temp * 2 AS twice FROM s WHERE temp > 30")
    );
    assert_eq!(
        plan(&format!("{view} SELECT warm.device, twice + 1 AS x FROM Warm WHERE device = 7")),
        plan(
            "SELECT device, twice + 1 AS x FROM \
             (SELECT device, temp * 2 AS twice FROM s WHERE temp > 30) WHERE device = 7"
        )
    );
    // Its event time is that of the stream.
    assert_eq!(
        plan(&format!(
            "{view} SELECT window_start, MAX(twice) AS m FROM TUMBLE(warm, at, INTERVAL '1' MINUTE) \
             GROUP BY window_start"
        )),
        plan(
            "SELECT window_start, MAX(temp * 2) AS m FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) \
             WHERE temp > 30 GROUP BY window_start"
        )
    );
    let p = plan("SELECT * FROM (SELECT device AS d, temp FROM s) AS x WHERE x.d > 1");
    assert_eq!(operators(&p), ["scan", "filter", "project", "emit"]);
    assert_eq!(p.plan().outputs[0].fields.len, 2);
}

#[test]
fn windows_over_windows() {
    let hours = "GROUP BY window_start, device";
    let outer = |from: &str| {
        format!(
            "SELECT window_start, device, SUM(n) AS n, MAX(t) AS t \
             FROM TUMBLE({from}, window_end, INTERVAL '1' HOUR) {hours}"
        )
    };
    let by_view = plan(&format!("CREATE VIEW v AS {MINUTES}; {}", outer("v")));
    assert_eq!(operators(&by_view), ["scan", "window", "aggregate", "window", "aggregate", "emit"]);
    let times: Vec<_> = windows(&by_view).iter().map(|w| w.time).collect();
    assert_eq!(times, [TimeSource::Event, TimeSource::Window(WindowTime::End)]);
    let subquery = plan(&outer(&format!("({MINUTES})")));
    assert_eq!(by_view, subquery);
    let flink = plan(&format!(
        "CREATE VIEW v AS {MINUTES}; SELECT window_start, device, SUM(n) AS n, MAX(t) AS t \
         FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(window_end), INTERVAL '1' HOUR)) {hours}"
    ));
    assert_eq!(by_view, flink);
    let grouped = plan(&format!(
        "CREATE VIEW v AS {MINUTES}; SELECT TUMBLE_START(window_end, INTERVAL '1' HOUR) AS \
         window_start, device, SUM(n) AS n, MAX(t) AS t FROM v \
         GROUP BY TUMBLE(window_end, INTERVAL '1' HOUR), device"
    ));
    assert_eq!(by_view, grouped);
}

#[test]
fn each_time_of_a_window() {
    for (column, time) in [
        ("window_start", WindowTime::Start),
        ("window_end", WindowTime::End),
        ("window_time", WindowTime::Last),
    ] {
        let p = plan(&format!(
            "CREATE VIEW v AS {MINUTES}; SELECT window_start, COUNT(*) \
             FROM HOP(v, {column}, INTERVAL '5' MINUTE, INTERVAL '1' HOUR) GROUP BY window_start"
        ));
        assert_eq!(windows(&p)[1].time, TimeSource::Window(time));
    }
}

#[test]
fn several_levels() {
    let p = plan(&format!(
        "CREATE VIEW m AS {MINUTES} HAVING COUNT(*) > 1;
         CREATE VIEW h AS SELECT window_time AS at, device, SUM(n) + 1 AS n
             FROM TUMBLE(m, window_time, INTERVAL '1' HOUR) WHERE t > 20
             GROUP BY window_end, device;
         SELECT window_start, COUNT(*) AS rows, MAX(n) AS most FROM TUMBLE(h, at, INTERVAL '1' DAY)
             WHERE n < 100 GROUP BY window_start HAVING COUNT(*) > 3 EMIT CHANGES"
    ));
    assert_eq!(
        operators(&p),
        [
            "scan",
            "window",
            "aggregate",
            "filter",
            "filter",
            "window",
            "aggregate",
            "filter",
            "window",
            "aggregate",
            "filter",
            "project",
            "emit"
        ]
    );
    assert_eq!(aggregate(&p).emit, EmitMode::Changes);
    let emits = p.plan().operators.iter().filter_map(|o| match o {
        Operator::Aggregate(t) => Some(t.emit),
        _ => None,
    });
    assert_eq!(emits.collect::<Vec<_>>(), [EmitMode::Final, EmitMode::Final, EmitMode::Changes]);
    // Aggregates of the same call at two levels are two.
    assert_eq!(p.plan().aggregates.len(), 2 + 1 + 2);
}

#[test]
fn groups_of_groups() {
    let p = plan(
        "SELECT n, COUNT(*) AS devices FROM \
         (SELECT device, COUNT(*) AS n FROM s GROUP BY device) AS d GROUP BY n ORDER BY n",
    );
    assert_eq!(operators(&p), ["scan", "aggregate", "aggregate", "sort", "emit"]);
    assert!(sort(&p).is_some());
    let p = plan(&format!("SELECT DISTINCT device FROM ({MINUTES}) ORDER BY device LIMIT 3"));
    assert_eq!(operators(&p), ["scan", "window", "aggregate", "aggregate", "sort", "emit"]);
    // A query over groups that groups nothing.
    let p = plan(&format!("SELECT device, n * 2 FROM ({MINUTES}) WHERE n > 3 LIMIT 3"));
    assert_eq!(operators(&p), ["scan", "window", "aggregate", "filter", "project", "sort", "emit"]);
}
