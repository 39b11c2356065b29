//! Every record is somewhere: counted in a result, filtered, late, ahead of all belief, dropped or
//! evicted, whatever clocks and groups do.

use differential::columns::Row;
use differential::ends::{Narrow, Steps};
use differential::random::Random;
use event_time::cases::Results;
use event_time::rows::{left, rows};
use ringql_core::batch::Batch;
use ringql_core::counters::{Counters, OperatorCounters};
use ringql_core::error::RunError;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::query::{Query, Stop};
use ringql_core::record::RecordMut;
use ringql_core::sql::{Options, OwnedPlan, compile};

const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 24 * 3600 * SECOND;
/// 2024-01-01.
const START: i64 = 1_704_067_200 * SECOND;

#[derive(Clone, Copy, Debug)]
struct Reading {
    ts: i64,
    id: i32,
    keep: bool,
    mark: bool,
}

fn reading(ts: i64, id: i32) -> Reading {
    Reading { ts, id, keep: true, mark: false }
}

/// The query over a stream whose watermark trails by a second.
fn plan(query: &str, batch_rows: u16) -> OwnedPlan {
    let punctuation = if query.contains("/* punctuation */") { " PUNCTUATION mark" } else { "" };
    let sql = format!(
        "CREATE STREAM s (ts TIMESTAMP NOT NULL, id INTEGER NOT NULL, keep BOOLEAN NOT NULL,
             mark BOOLEAN NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND{punctuation});
         {query}"
    );
    let program = compile(&sql, &Options { batch_rows, ..Options::default() });
    let program = program.unwrap_or_else(|e| panic!("{e}\n{query}"));
    program.queries.into_iter().next().expect("a query")
}

fn records(plan: &OwnedPlan, readings: &[Reading]) -> Vec<u8> {
    let schema = plan.plan().input(StreamId(0));
    let size = schema.layout().record_size;
    let mut bytes = vec![0; size * readings.len()];
    for (r, bytes) in readings.iter().zip(bytes.chunks_exact_mut(size)) {
        let mut record = RecordMut::new(schema, bytes).expect("a whole record");
        record.set(0, &r.ts.to_le_bytes()).expect("ts");
        record.set(1, &r.id.to_le_bytes()).expect("id");
        record.set(2, &[u8::from(r.keep)]).expect("keep");
        record.set(3, &[u8::from(r.mark)]).expect("mark");
    }
    bytes
}

/// What a run gave, to its end or to the error that stopped it.
struct Run {
    rows: Vec<Row>,
    counters: Counters,
    operators: Vec<OperatorCounters>,
    error: Option<RunError>,
    /// Late records that were delivered.
    late: u64,
}

/// Runs a plan in random steps, with a clock that shows the latest time of the rows given, or at
/// times a minute more.
fn run(plan: &OwnedPlan, readings: &[Reading], random: &mut Random) -> Run {
    let plan_view = plan.plan();
    let records = records(plan, readings);
    let size = plan_view.input(StreamId(0)).layout().record_size;
    let mut arena = vec![0u64; plan_view.arena_bytes().div_ceil(8)];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let mut query = Query::new(&plan_view, arena).expect("a compiled plan starts");
    let mut source = Steps::new(Batch::records(&records, size).expect("whole records"));
    let (mut sink, mut late) = (Narrow::default(), Narrow::default());
    let (mut given, mut now) = (0, START);
    let error = loop {
        source.room = random.below(40);
        sink.room = random.below(10);
        late.room = random.below(10);
        given += source.room;
        let latest =
            readings.iter().take(given).map(|r| r.ts).filter(|ts| *ts < START + YEAR).max();
        now = now.max(latest.unwrap_or(START));
        if random.one_in(20) {
            now += 60 * SECOND;
        }
        query.set_clock(Some(now));
        match query.poll_with_late(&mut source, &mut sink, &mut late) {
            Ok(progress) if progress.stop == Stop::Finished => break None,
            Ok(_) => {}
            Err(error) => break Some(error),
        }
    };
    let rows = rows(plan_view.output(OutputId(0)), &sink.records);
    let late = (late.records.len() / size) as u64;
    let operators = query.operator_counters().collect();
    Run { rows, counters: query.counters(), operators, error, late }
}

/// Records that are in no result.
fn elsewhere(c: &Counters) -> u64 {
    c.filtered + c.late + c.ahead + c.dropped + c.evicted
}

/// The sum of the last column: COUNT(*).
fn counted(rows: &[Row]) -> u64 {
    let count = |row: &Row| row.last()?.as_deref()?.parse::<u64>().ok();
    rows.iter().map(|row| count(row).expect("a count")).sum()
}

/// Rows with disorder beyond the watermark, silence, and clocks that fail at times.
fn readings(random: &mut Random, keys: usize, wild: bool) -> Vec<Reading> {
    let mut now = START;
    let count = random.below(600);
    (0..count)
        .map(|i| {
            now += random.below(300_000) as i64;
            if random.one_in(60) {
                now += 90 * SECOND; // silence
            }
            let behind = [0, 0, 500_000, 5 * SECOND][random.below(4)];
            let mut ts = now - random.below(behind as usize + 1) as i64;
            if wild && i > 0 && random.one_in(40) {
                ts += random.pick(&[10 * YEAR, -10 * YEAR, 2 * YEAR, -YEAR]);
            }
            let (keep, mark) = (!random.one_in(5), random.one_in(30));
            Reading { ts, id: random.below(keys) as i32, keep, mark }
        })
        .collect()
}

const SOURCES: [(&str, &str); 6] = [
    ("TUMBLE(s, ts, INTERVAL '1' SECOND)", "window_start, window_end, "),
    ("TUMBLE(s, ts, INTERVAL '10' SECOND)", "window_start, window_end, "),
    ("CUMULATE(s, ts, INTERVAL '10' SECOND, INTERVAL '10' SECOND)", "window_start, window_end, "),
    ("COUNT_WINDOW(s, 25)", "window_start, window_end, "),
    ("SESSION(s, ts, INTERVAL '2' SECOND)", "window_start, window_end, "),
    ("s", ""),
];

#[test]
fn random_runs_account_for_every_record() {
    // The last one once found changes that were forgotten when the watermark moved meanwhile.
    for seed in (0..400).chain([2265]) {
        let random = &mut Random::new(seed);
        let (source, bounds) = random.pick(&SOURCES);
        let policy = random.pick(&["drop_new", "evict_oldest", "close_oldest"]);
        let capacity = random.pick(&[3, 20, 1000]);
        let windowed = !bounds.is_empty() && !source.starts_with("COUNT");
        let mut settings = format!("max_groups = {capacity}, on_full = '{policy}'");
        if windowed && random.one_in(3) {
            settings += ", idle_timeout = INTERVAL '20' SECOND";
        }
        if windowed && random.one_in(3) {
            settings += ", max_ahead = INTERVAL '100' SECOND";
        }
        // What leaves twice is known by its window and key, if no window takes in another, and no
        // group leaves before its time.
        let mut results = Results::Rows;
        let is_known = !source.starts_with("SESSION") && policy == "drop_new";
        if windowed && is_known && random.one_in(2) {
            settings += ", allowed_lateness = INTERVAL '3' SECOND";
            results = Results::Changes(3);
        }
        let mut emit = "";
        if is_known && random.one_in(4) {
            emit = random.pick(&["EMIT CHANGES", "EMIT EVERY INTERVAL '4' SECOND"]);
            results = Results::Changes(if bounds.is_empty() { 1 } else { 3 });
        }
        // What is taken back is known, whatever becomes of its group.
        if windowed && matches!(results, Results::Rows) && random.one_in(2) {
            emit = random.pick(&[
                "EMIT FINAL WITH RETRACTIONS",
                "EMIT CHANGES WITH RETRACTIONS",
                "EMIT EVERY INTERVAL '4' SECOND WITH RETRACTIONS",
            ]);
            settings += ", allowed_lateness = INTERVAL '3' SECOND";
            results = Results::Retractions;
        }
        let delivers = windowed && random.one_in(3);
        if delivers {
            settings += ", late = 'late'";
        }
        let note = if windowed && random.one_in(3) { "/* punctuation */" } else { "" };
        let condition = if random.one_in(2) { "WHERE keep " } else { "" };
        let query = format!(
            "SELECT {bounds}id, COUNT(*) AS n FROM {source} {condition}GROUP BY {bounds}id
             {emit} {note} SETTINGS {settings}"
        );
        let plan = plan(&query, random.pick(&[1, 16, 256]));
        let readings = readings(random, capacity.min(60) * 10, windowed);
        let missing = |readings: &[Reading]| {
            let run = run(&plan, readings, &mut Random::new(seed));
            let c = run.counters;
            let rows = left(run.rows, results).expect("no retractions");
            let sum = |f: fn(&OperatorCounters) -> u64| run.operators.iter().map(f).sum::<u64>();
            let operators =
                [sum(|o| o.late), sum(|o| o.ahead), sum(|o| o.dropped), sum(|o| o.evicted)];
            if operators != [c.late, c.ahead, c.dropped, c.evicted] {
                return Some(format!("{:?}\n{c:?}", run.operators));
            }
            let found = (counted(&rows) + elsewhere(&c), c.rows_in, run.late, run.error);
            let all = readings.len() as u64;
            let expected = (all, all, if delivers { c.late } else { 0 }, None);
            (found != expected).then(|| format!("{rows:?}\n{c:?}\n{:?}", run.error))
        };
        if missing(&readings).is_some() {
            let few = fewest(readings, |few| missing(few).is_some());
            let what = missing(&few).expect("it is what they show");
            let few: String = few.iter().map(|r| format!("  {r:?}\n")).collect();
            panic!("seed {seed}: {query}\n{few}{what}");
        }
    }
}

/// As few of the readings as still fail.
fn fewest(mut all: Vec<Reading>, fails: impl Fn(&[Reading]) -> bool) -> Vec<Reading> {
    let mut step = all.len().div_ceil(2);
    while step > 0 {
        let mut at = 0;
        while at < all.len() {
            let end = (at + step).min(all.len());
            let fewer = [&all[..at], &all[end..]].concat();
            if fails(&fewer) {
                all = fewer;
            } else {
                at = end;
            }
        }
        step /= 2;
    }
    all
}

#[test]
fn a_group_table_driven_past_its_capacity() {
    for (source, bounds) in SOURCES {
        for policy in ["error", "drop_new", "evict_oldest", "close_oldest"] {
            let query = format!(
                "SELECT {bounds}id, COUNT(*) AS n FROM {source} GROUP BY {bounds}id
                 SETTINGS max_groups = 10, on_full = '{policy}'"
            );
            let plan = plan(&query, 64);
            let all: Vec<Reading> = (0..300).map(|i| reading(START + i, i as i32 % 100)).collect();
            let run = run(&plan, &all, &mut Random::new(7));
            let c = run.counters;
            if policy == "error" {
                assert_eq!(run.error, Some(RunError::GroupsFull { capacity: 10 }), "{query}");
                assert_eq!(c.rows_in, 10, "the eleventh is still in the source: {query}");
                continue;
            }
            assert_eq!(run.error, None, "{query}");
            assert_eq!(counted(&run.rows) + elsewhere(&c), 300, "{c:?} {query}");
            match policy {
                "drop_new" => assert!(c.dropped > 0 && c.evicted == 0, "{c:?} {query}"),
                "evict_oldest" => assert!(c.evicted > 0 && c.dropped == 0, "{c:?} {query}"),
                // What leaves early is not lost.
                _ => assert_eq!(counted(&run.rows), 300, "{c:?} {query}"),
            }
        }
    }
}

/// A late record is counted once, also where its batch is walked again because groups make room.
#[test]
fn operators_count_once() {
    let query = "SELECT window_start, window_end, id, COUNT(*) AS n
        FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, id
        SETTINGS max_groups = 1, on_full = 'close_oldest'";
    let plan = plan(query, 16);
    // The watermark is at 9 s when the second one comes.
    let times = [10, 1, 10, 10, 1, 10];
    let all: Vec<Reading> =
        (0..).zip(times).map(|(id, at)| reading(START + at * SECOND, id)).collect();
    let run = run(&plan, &all, &mut Random::new(1));
    assert_eq!(run.counters.late, 2);
    let expected = |operator, name, late| OperatorCounters {
        operator,
        name,
        late,
        ..OperatorCounters::default()
    };
    assert_eq!(run.operators, [expected(1, "window", 2), expected(2, "aggregate", 0)]);
}

/// A record from ten years ahead (or ago) changes nothing but a counter.
#[test]
fn one_bad_clock_moves_no_window() {
    for source in ["TUMBLE(s, ts, INTERVAL '1' SECOND)", "SESSION(s, ts, INTERVAL '1' SECOND)"] {
        let query = format!(
            "SELECT window_start, window_end, id, COUNT(*) AS n FROM {source}
             GROUP BY window_start, window_end, id"
        );
        let plan = plan(&query, 16);
        let good: Vec<Reading> =
            (0..200).map(|i| reading(START + i * SECOND / 7, i as i32 % 3)).collect();
        let expected = run(&plan, &good, &mut Random::new(1));
        assert_eq!(counted(&expected.rows), 200, "{:?}", expected.counters);
        for jump in [10 * YEAR, -10 * YEAR] {
            for at in [20, 100, 200] {
                let mut all = good.clone();
                all.insert(at, reading(START + jump, 1));
                let found = run(&plan, &all, &mut Random::new(2));
                let c = found.counters;
                let expected_counts = if jump > 0 { (1, 0) } else { (0, 1) };
                assert_eq!((c.ahead, c.late), expected_counts, "{jump} at {at}: {query}");
                assert_eq!(found.rows, expected.rows, "{jump} at {at}: {query}");
            }
        }
    }
}

/// A stream that goes silent: its windows leave by the clock, and only then.
#[test]
fn silence_does_not_stall() {
    let query = "SELECT window_start, window_end, id, COUNT(*) AS n
        FROM TUMBLE(s, ts, INTERVAL '10' SECOND) GROUP BY window_start, window_end, id
        SETTINGS idle_timeout = INTERVAL '30' SECOND";
    let plan = plan(query, 16);
    let plan_view = plan.plan();
    let all: Vec<Reading> = (0..10).map(|i| reading(START + i * SECOND / 2, 1)).collect();
    let mut bytes = records(&plan, &all);
    // One more to come, so that the source is not finished.
    bytes.extend(records(&plan, &[reading(START + 500 * SECOND, 2)]));
    let size = plan_view.input(StreamId(0)).layout().record_size;
    let mut arena = vec![0u64; plan_view.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan_view, bytemuck::cast_slice_mut(&mut arena)).expect("a plan");
    let mut source = Steps::new(Batch::records(&bytes, size).expect("whole records"));
    let mut sink = Narrow { room: usize::MAX, ..Narrow::default() };
    source.room = all.len();
    let mut poll = |now: i64, source: &mut Steps<'_>| {
        query.set_clock(Some(START + now * SECOND));
        query.poll(source, &mut sink).expect("no error").rows_out
    };
    assert_eq!(poll(5, &mut source), 0, "the rows come");
    assert_eq!(poll(20, &mut source), 0, "the window has ended, but rows of it may come");
    assert_eq!(poll(34, &mut source), 0, "silent for less than the timeout");
    assert_eq!(poll(60, &mut source), 1, "silent for longer");
    source.room = 1;
    while poll(500, &mut source) == 0 {}
    assert_eq!(elsewhere(&query.counters()), 0);
    assert_eq!(counted(&rows(plan_view.output(OutputId(0)), &sink.records)), 11);
}

/// A record that marks the time closes what ended before it, without the watermark's delay.
#[test]
fn punctuation_closes_windows() {
    let query = "SELECT window_start, window_end, id, COUNT(*) AS n
        FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, id
        /* punctuation */";
    let plan = plan(query, 16);
    let mark = Reading { mark: true, ..reading(START + SECOND, 1) };
    // The last one comes behind the mark, though within the delay.
    let all = [reading(START, 1), reading(START + 1, 1), mark, reading(START + 2, 1)];
    let run = run(&plan, &all, &mut Random::new(3));
    assert_eq!(run.counters.late, 1);
    assert_eq!(counted(&run.rows), 3);
    assert_eq!(run.rows.len(), 2);
}
