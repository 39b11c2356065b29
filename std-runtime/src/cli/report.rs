//! Counters and times for standard error: nothing is lost silently.

use std::time::Duration;

use ringql_core::counters::OperatorCounters;
use ringql_runtime::output::Format;
use ringql_runtime::pipeline::Summary;

use super::route::{Output, Place, Route};

/// That several results go to standard output, with a header in the middle that a program which
/// reads them takes for a row.
pub(crate) fn shared_output(routes: &[Route]) {
    let here = |to: &Output| to.place == Place::Standard && to.format == Format::Csv;
    let count = routes.iter().flat_map(Route::outputs).filter(|to| here(to)).count();
    if count > 1 {
        eprintln!(
            "warning: {count} queries write to standard output, each with a header of its own; name \
             their sinks with INSERT INTO and give each an --output"
        );
    }
}

/// What was left out or could not be computed, if anything was. Late records may have an output.
pub(crate) fn warnings(query: Option<&str>, summary: &Summary, has_late: bool) {
    let query = query.map(|query| format!("{query}: ")).unwrap_or_default();
    let counters = &summary.counters;
    for (count, one, many) in [
        (
            summary.skipped,
            "row could not be read and was left out",
            "rows could not be read and were left out",
        ),
        (
            if has_late { 0 } else { counters.late },
            "record came after its window had closed and was left out",
            "records came after their window had closed and were left out",
        ),
        (
            counters.ahead,
            "record was too far ahead of the others (max_ahead) and was left out",
            "records were too far ahead of the others (max_ahead) and were left out",
        ),
        (
            counters.dropped,
            "record was left out because the group table was full",
            "records were left out because the group table was full",
        ),
        (
            counters.evicted,
            "record was left out with its group, which made room for another",
            "records were left out with their groups, which made room for others",
        ),
    ] {
        match count {
            0 => {}
            1 => eprintln!("warning: {query}1 {one}"),
            n => eprintln!("warning: {query}{n} {many}"),
        }
    }
    for (count, why) in [
        (counters.arithmetic_errors, "a number was out of range, or divided by 0"),
        (counters.cast_errors, "a CAST did not fit"),
        (counters.text_errors, "a text was too long or malformed"),
        (counters.time_errors, "a date or time was out of range"),
        (counters.function_errors, "a function had no result"),
        (counters.capacity_errors, "an aggregate had more values than its state holds"),
    ] {
        match count {
            0 => {}
            1 => eprintln!("warning: {query}1 value is NULL because {why}"),
            n => eprintln!("warning: {query}{n} values are NULL because {why}"),
        }
    }
}

/// All counters and times; below a counter what of it each operator counted.
pub(crate) fn stats(query: Option<&str>, summary: &Summary) {
    if let Some(query) = query {
        eprintln!("{query}");
    }
    let (counters, times) = (&summary.counters, &summary.times);
    let line = |name: &str, count: u64| eprintln!("{name:<18}{count:>14}");
    line("rows in", counters.rows_in);
    line("rows out", counters.rows_out);
    line("filtered", counters.filtered);
    let operators = [
        ("late", counters.late, (|o| o.late) as fn(&OperatorCounters) -> u64),
        ("ahead", counters.ahead, |o| o.ahead),
        ("dropped", counters.dropped, |o| o.dropped),
        ("evicted", counters.evicted, |o| o.evicted),
    ];
    for (name, all, of) in operators {
        line(name, all);
        for operator in summary.operators.iter().filter(|o| of(o) > 0) {
            line(&format!("  {} {}", operator.operator, operator.name), of(operator));
        }
    }
    for (name, count) in [
        ("arithmetic errors", counters.arithmetic_errors),
        ("cast errors", counters.cast_errors),
        ("text errors", counters.text_errors),
        ("time errors", counters.time_errors),
        ("function errors", counters.function_errors),
        ("capacity errors", counters.capacity_errors),
        ("bad rows skipped", summary.skipped),
    ] {
        line(name, count);
    }
    for (name, time) in [
        ("read", times.read),
        ("process", times.process),
        ("write", times.write),
        ("waiting", times.waiting),
        ("framework", times.framework),
        ("wall", times.wall),
    ] {
        eprintln!("{name:<18}{:>14.3} ms", millis(time));
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
