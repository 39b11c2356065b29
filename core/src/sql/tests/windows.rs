//! Windows, their order and emission: all spellings of a window are one plan.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

use super::{Operator, OwnedPlan, TimeSource, WindowShape, operators, plan};
use crate::plan::{AggregateTable, EmitMode, OnFull, SortTable, WindowTable};
use crate::types::DataType;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;

/// `SELECT window_start, window_end, device, COUNT(*)` of rows in windows.
fn counted(from: &str) -> OwnedPlan {
    plan(&format!(
        "SELECT window_start, window_end, device, COUNT(*) AS n FROM {from} \
         GROUP BY window_start, window_end, device"
    ))
}

pub(super) fn window(owned: &OwnedPlan) -> WindowTable {
    let windows: Vec<_> = windows(owned);
    let [window] = *windows else { panic!("{} windows", windows.len()) };
    window
}

pub(super) fn windows(owned: &OwnedPlan) -> Vec<WindowTable> {
    let of = |o: &Operator| if let Operator::Window(t) = o { Some(*t) } else { None };
    owned.plan().operators.iter().filter_map(of).collect()
}

pub(super) fn aggregate(owned: &OwnedPlan) -> AggregateTable {
    let of = |o: &Operator| if let Operator::Aggregate(t) = o { Some(*t) } else { None };
    owned.plan().operators.iter().rev().find_map(of).unwrap()
}

pub(super) fn sort(owned: &OwnedPlan) -> Option<SortTable> {
    let of = |o: &Operator| if let Operator::Sort(t) = o { Some(*t) } else { None };
    owned.plan().operators.iter().find_map(of)
}

fn shape(from: &str) -> WindowShape {
    window(&counted(from)).shape
}

const fn slide(pane: i64, offset: i64, size: u16, every: u16) -> WindowShape {
    WindowShape::Slide { pane, offset, size, every }
}

#[test]
fn shapes() {
    let minute = "INTERVAL '1' MINUTE";
    assert_eq!(shape(&format!("TUMBLE(s, ts, {minute})")), slide(MINUTE, 0, 1, 1));
    // Windows of an offset are those of the offset less a window.
    for offset in ["INTERVAL '15' SECOND", "INTERVAL '-45' SECOND", "-INTERVAL '105' SECOND"] {
        let expected = slide(MINUTE, 15 * SECOND, 1, 1);
        assert_eq!(shape(&format!("TUMBLE(s, ts, {minute}, {offset})")), expected);
    }
    let hop = |hop, size| shape(&format!("HOP(s, ts, INTERVAL '{hop}', INTERVAL '{size}')"));
    assert_eq!(hop("1 second", "10 seconds"), slide(SECOND, 0, 10, 1));
    assert_eq!(hop("4 seconds", "10 seconds"), slide(2 * SECOND, 0, 5, 2));
    assert_eq!(hop("10 seconds", "4 seconds"), slide(2 * SECOND, 0, 2, 5));
    assert_eq!(
        shape("HOP(s, ts, INTERVAL '4 seconds', INTERVAL '10 seconds', INTERVAL '5 seconds')"),
        slide(2 * SECOND, SECOND, 5, 2)
    );
    assert_eq!(
        shape(&format!("CUMULATE(s, ts, {minute}, INTERVAL '1' HOUR, INTERVAL '90' MINUTE)")),
        WindowShape::Cumulate { pane: MINUTE, offset: 30 * MINUTE, steps: 60 }
    );
    let whole = shape(&format!("CUMULATE(s, ts, {minute}, {minute})"));
    assert_eq!(whole, slide(MINUTE, 0, 1, 1));
    let session = window(&counted(&format!("SESSION(s, ts, {minute})")));
    assert_eq!(session.shape, WindowShape::Session { gap: MINUTE });
    assert_eq!(session.time, TimeSource::Event);
    assert_eq!(shape("COUNT_WINDOW(s, 100)"), slide(100, 0, 1, 1));
    assert_eq!(shape("COUNT_WINDOW(s, 1_00, 30)"), slide(10, 0, 10, 3));
}

#[test]
fn rows_are_numbered() {
    let rows = counted("COUNT_WINDOW(s, 100)");
    let table = window(&rows);
    assert_eq!((table.time, table.max_ahead), (TimeSource::Rows, 0));
    let types: Vec<_> = rows.plan().fields.iter().rev().map(|f| f.data_type).take(4).collect();
    assert_eq!(types[2..], [DataType::BigInt, DataType::BigInt]);
}

#[test]
fn windows_of_the_clock() {
    let from_clock = counted("TUMBLE(s, PROCTIME(), INTERVAL '1' SECOND)");
    let table = window(&from_clock);
    assert_eq!((table.time, table.shape), (TimeSource::Clock, slide(SECOND, 0, 1, 1)));
    let spelled = plan(
        "SELECT TUMBLE_START(PROCTIME(), INTERVAL '1' SECOND) AS window_start, window_end, device, \
         COUNT(*) AS n FROM s GROUP BY TUMBLE(PROCTIME(), INTERVAL '1' SECOND), device",
    );
    assert_eq!(spelled, from_clock);
}

#[test]
fn spellings_are_one_plan() {
    let (minute, hour) = ("INTERVAL '1' MINUTE", "INTERVAL '1' HOUR");
    for (name, lengths, named) in [
        ("TUMBLE", minute.to_owned(), format!("SIZE => {minute}")),
        ("TUMBLE", format!("{hour}, {minute}"), format!("OFFSET => {minute}, SIZE => {hour}")),
        ("HOP", format!("{minute}, {hour}"), format!("SLIDE => {minute}, SIZE => {hour}")),
        ("CUMULATE", format!("{minute}, {hour}"), format!("STEP => {minute}, SIZE => {hour}")),
        ("SESSION", minute.to_owned(), format!("GAP => {minute}")),
    ] {
        let ours = counted(&format!("{name}(s, ts, {lengths})"));
        let by = if name == "SESSION" { " PARTITION BY (device)" } else { "" };
        let flink = format!("TABLE({name}(TABLE s{by}, DESCRIPTOR(ts), {lengths}))");
        assert_eq!(ours, counted(&flink), "{flink}");
        let flink =
            format!("TABLE({name}(DATA => TABLE s{by}, TIMECOL => DESCRIPTOR(ts), {named})) AS w");
        assert_eq!(ours, counted(&flink), "{flink}");
        let flink = format!("{name}(TIMECOL => ts, {named}, DATA => s)");
        assert_eq!(ours, counted(&flink), "{flink}");
        let grouped = plan(&format!(
            "SELECT window_start, {name}_END(ts, {lengths}) AS window_end, device, COUNT(*) AS n \
             FROM s GROUP BY device, {name}(s.ts, {lengths})"
        ));
        assert_eq!(ours, grouped, "{name}");
    }
}

#[test]
fn any_column_of_a_window_groups_by_it() {
    let all = counted("HOP(s, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR)");
    for keys in ["window_start", "window_end", "window_time", "window_time, window_end"] {
        let some = plan(&format!(
            "SELECT window_start, window_end, device, COUNT(*) AS n \
             FROM HOP(s, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR) GROUP BY device, {keys}"
        ));
        assert_eq!(all, some, "{keys}");
    }
    let p = plan(
        "SELECT window_time, COUNT(*) FROM CUMULATE(s, ts, INTERVAL '1' MINUTE, INTERVAL '1' HOUR) \
         GROUP BY window_end HAVING window_start < window_time",
    );
    assert_eq!(operators(&p), ["scan", "window", "aggregate", "filter", "project", "emit"]);
}

#[test]
fn conditions_make_windows() {
    let p = plan(
        "SELECT device, window_start, window_end, AVG(temp) \
         FROM STATE_WINDOW(s, temp > 30, temp < 25) WHERE status = 1 GROUP BY device, window_start",
    );
    assert_eq!(operators(&p), ["scan", "filter", "window", "aggregate", "emit"]);
    let WindowShape::State { program, begin, end } = window(&p).shape else { panic!() };
    assert_ne!(begin, end);
    assert_eq!(program.of(p.plan().instructions).len(), 3); // load temp, > 30, < 25
    assert_eq!(aggregate(&p).groups, 1024);
}

#[test]
fn a_window_of_each_group_needs_room_without_keys_too() {
    let p = plan(
        "SELECT window_start, COUNT(*) FROM SESSION(s, ts, INTERVAL '1' MINUTE) \
         GROUP BY window_start SETTINGS max_groups = 8",
    );
    assert_eq!(aggregate(&p).groups, 8);
    let p = plan(
        "SELECT window_start, COUNT(*) FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) \
         GROUP BY window_start SETTINGS max_groups = 8",
    );
    assert_eq!(aggregate(&p).groups, 1);
}

#[test]
fn distinct_is_grouping() {
    assert_eq!(
        plan("SELECT DISTINCT device, status FROM s"),
        plan("SELECT device, status FROM s GROUP BY device, status")
    );
    assert_eq!(
        plan("SELECT DISTINCT device, window_end FROM TUMBLE(s, ts, INTERVAL '1' MINUTE)"),
        plan(
            "SELECT device, window_end FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) \
             GROUP BY window_end, device"
        )
    );
    // Groups are distinct if all keys are there.
    assert_eq!(
        plan("SELECT DISTINCT device, COUNT(*) AS n FROM s GROUP BY device"),
        plan("SELECT device, COUNT(*) AS n FROM s GROUP BY device")
    );
}

#[test]
fn order_and_limit() {
    let top = "SELECT window_start, device, AVG(temp) AS t \
               FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) GROUP BY window_start, device ";
    let p = plan(&format!("{top} ORDER BY t DESC NULLS FIRST, 2 LIMIT 10 OFFSET 5"));
    assert_eq!(operators(&p), ["scan", "window", "aggregate", "sort", "emit"]);
    let table = sort(&p).unwrap();
    assert_eq!((table.keys.len, table.descending, table.nulls_first), (2, 0b01, 0b01));
    assert_eq!((table.offset, table.limit, table.capacity), (5, 10, 15));
    assert_eq!(
        p,
        plan(&format!(
            "{top} ORDER BY AVG(temp) DESC NULLS FIRST, device \
                                  OFFSET 5 FETCH FIRST 10 ROWS ONLY"
        ))
    );
    let all = sort(&plan(&format!("{top} ORDER BY t SETTINGS max_groups = 50"))).unwrap();
    assert_eq!((all.offset, all.limit, all.capacity), (0, u32::MAX, 50));
    // No window has more rows than groups.
    let all = sort(&plan(&format!("{top} LIMIT 100 SETTINGS max_groups = 50"))).unwrap();
    assert_eq!((all.keys.len, all.limit, all.capacity), (0, 100, 50));
    // What is ordered by is computed, and need not be selected.
    let p = plan(&format!("{top} ORDER BY -COUNT(*), 'constant'"));
    assert_eq!(operators(&p), ["scan", "window", "aggregate", "project", "sort", "emit"]);
    assert_eq!(sort(&p).unwrap().keys.len, 1);
    assert_eq!(sort(&plan(&format!("{top} ORDER BY 'constant'"))), None);
    // A name of the result comes before a column.
    let p = plan("SELECT -device AS device, COUNT(*) FROM s GROUP BY s.device ORDER BY device");
    let keys = sort(&p).unwrap().keys.of(p.plan().lists);
    let Some(Operator::Emit { columns, .. }) = p.plan().operators.last() else { panic!() };
    assert_eq!(keys[0], columns.of(p.plan().lists)[0]);
    let p = plan("SELECT device, status, COUNT(*) FROM s GROUP BY 1, 2 ORDER BY ALL");
    assert_eq!(sort(&p).unwrap().keys.len, 3);
}

#[test]
fn emission() {
    let query = "SELECT device, COUNT(*) AS n FROM s GROUP BY device ";
    assert_eq!(plan(query), plan(&format!("{query} EMIT FINAL")));
    let p = plan(&format!("{query} EMIT CHANGES SETTINGS max_groups = 8"));
    let table = aggregate(&p);
    assert_eq!((table.emit, table.retract, table.groups), (EmitMode::Changes, false, 8));
    let p = plan(&format!("{query} EMIT EVERY INTERVAL '5' SECOND WITH RETRACTIONS"));
    let table = aggregate(&p);
    assert_eq!((table.emit, table.retract), (EmitMode::Every(5 * SECOND), true));
    let owned = p.plan();
    let field = owned.output(crate::plan::op::OutputId(0)).fields[0];
    assert_eq!(field.name.of(owned.texts), "retraction");
    assert_eq!((field.data_type, field.nullable), (DataType::Boolean, false));
    // No program writes its register, and nobody else has it.
    let Some(Operator::Emit { columns, .. }) = owned.operators.last() else { panic!() };
    let columns = columns.of(owned.lists);
    assert_eq!(columns.len(), 3);
    assert!(!columns[1..].contains(&columns[0]));
    assert!(owned.instructions.iter().all(|i| i.dst != columns[0]));
}

#[test]
fn settings_of_windows() {
    let query = "SELECT window_start, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' MINUTE) \
                 GROUP BY window_start ";
    let table = window(&plan(query));
    assert_eq!((table.lateness, table.max_ahead, table.idle_timeout), (0, 365 * DAY, 0));
    assert_eq!(table.late, None);
    let p = plan(&format!(
        "{query} SETTINGS allowed_lateness = INTERVAL '10' SECOND, max_ahead = '1 day', \
         idle_timeout = '5 seconds', late = 'too_late', on_full = 'close_oldest'"
    ));
    let table = window(&p);
    let lengths = (table.lateness, table.max_ahead, table.idle_timeout);
    assert_eq!(lengths, (10 * SECOND, DAY, 5 * SECOND));
    let owned = p.plan();
    let late = table.late.unwrap();
    assert_eq!(owned.outputs[late.index()].name.of(owned.texts), "too_late");
    // Its records are those of the stream.
    let names = |schema: crate::schema::Schema<'_>| {
        (0..schema.fields.len())
            .map(|i| schema.name(i).into())
            .collect::<Vec<alloc::string::String>>()
    };
    let stream = owned.input(crate::plan::op::StreamId(0));
    assert_eq!(names(owned.output(late)), names(stream));
    assert_eq!(owned.output(late).layout().record_size, stream.layout().record_size);
    assert_eq!(aggregate(&p).on_full, OnFull::CloseOldest);
}

#[test]
fn a_row_tells_its_tumbling_window() {
    // As before: without groups, and in WHERE.
    let p = plan("SELECT window_start, temp FROM TUMBLE(s, ts, INTERVAL '1' MINUTE)");
    assert_eq!(operators(&p), ["scan", "project", "emit"]);
    let p = plan(
        "SELECT window_end - window_start AS length, window_time FROM \
         TUMBLE(s, ts, INTERVAL '1' MINUTE, INTERVAL '5' SECOND) WHERE window_start > '2020-01-01'",
    );
    assert_eq!(operators(&p), ["scan", "filter", "project", "emit"]);
}

#[test]
fn a_column_tells_punctuation() {
    let sql = "CREATE STREAM p (ts TIMESTAMP, done BOOLEAN, \
               WATERMARK FOR ts AS ts - INTERVAL '5' SECOND PUNCTUATION Done)";
    let program = super::compile(sql, &super::Options::default()).unwrap();
    let time = program.streams[0].time.unwrap();
    assert_eq!((time.column.0, time.delay), (0, 5 * SECOND));
    assert_eq!(time.punctuation.map(|c| c.0), Some(1));
}
