//! What the query costs, counted: instructions per record and bytes of stack, beside the same
//! query written by hand.
//!
//! The method: `cargo xtask firmware` lets QEMU take 32 ns of virtual time for each instruction
//! (`-icount shift=5`), so one tick of the board's 25 MHz clock, 40 ns, is 1.25 instructions.
//! SysTick counts ticks and interrupts nothing; records come from flash, results are counted and
//! go nowhere. What is below the stack pointer is painted before and looked at after.

#![no_std]
#![no_main]

mod by_hand;

use core::fmt::{self, Write as _};
use core::hint::black_box;

use cortex_m::Peripherals;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use cortex_m_stack::{current_stack_in_use, repaint_stack, stack_painted, stack_size};
use ringql_core::arena::ArenaBlock;
use ringql_core::batch::Batch;
use ringql_core::error::StartError;
use ringql_core::function::Functions;
use ringql_core::plan::uses::Uses;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource, Source};
use ringql_firmware::output::{Output, fail, succeed};
use ringql_firmware::plan::{
    ARENA_BYTES, BATCH_ROWS, Daily, DailyFast, PLAN, RECORD_BYTES, RECORDS, RESULT_BYTES,
};

/// Result records that fit before they are thrown away.
const ROWS: usize = 8;

type Arena = ArenaBlock<ARENA_BYTES>;

#[entry]
fn main() -> ! {
    static mut ARENA: Arena = Arena::new();
    let Some(mut peripherals) = Peripherals::take() else { fail(&"the clock was taken before") };
    let clock = &mut peripherals.SYST;
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(0xff_ffff);
    clock.clear_current();
    clock.enable_counter();

    let mut out = Output::stderr();
    match report(&mut out, ARENA).and_then(|()| out.flush()) {
        Ok(()) => succeed(),
        Err(error) => fail(&error),
    }
}

fn report(out: &mut Output, arena: &mut Arena) -> fmt::Result {
    let records = RECORDS.len() as u64;
    let (rows_by_hand, cost) = measure(by_hand);
    writeln!(out, "by hand: {} instructions a record{cost}", cost.instructions / records)?;

    let (_, cost) =
        measure(|_| Query::with_functions(&PLAN, Functions::NONE, arena.bytes_mut()).is_ok());
    writeln!(out, "to verify the plan and start: {} instructions{cost}", cost.instructions)?;
    let (_, cost) = measure(|_| Query::<Daily>::start(Functions::NONE, arena.bytes_mut()).is_ok());
    writeln!(out, "to start a known plan: {} instructions{cost}", cost.instructions)?;

    for most in [BATCH_ROWS, 8, 1] {
        let query = Query::with_functions(&PLAN, Functions::NONE, arena.bytes_mut());
        poll(out, "poll", query, most, rows_by_hand)?;
        let query = Query::<Daily>::start(Functions::NONE, arena.bytes_mut());
        poll(out, "poll of a known plan", query, most, rows_by_hand)?;
        let query = Query::<DailyFast>::start(Functions::NONE, arena.bytes_mut());
        poll(out, "poll of a known plan, fast", query, most, rows_by_hand)?;
    }
    Ok(())
}

/// Measures a query over all records, of which it is given at most `most` at a time.
fn poll<U: Uses>(
    out: &mut Output,
    name: &str,
    query: Result<Query<'_, '_, U>, StartError>,
    most: usize,
    expected: Option<usize>,
) -> fmt::Result {
    let Ok(mut query) = query else { return Err(fmt::Error) };
    let (rows, cost) = measure(|clock| poll_all(clock, &mut query, most));
    if rows != expected {
        return Err(fmt::Error);
    }
    let each = cost.instructions / RECORDS.len() as u64;
    writeln!(out, "{name}, {most} records at a time: {each} instructions a record{cost}")
}

/// What a run took.
struct Cost {
    instructions: u64,
    stack: u32,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ", {} bytes of stack", self.stack)
    }
}

fn measure<R>(run: impl FnOnce(&mut Clock) -> R) -> (R, Cost) {
    repaint_stack();
    let before = current_stack_in_use();
    let mut clock = Clock::new();
    let result = run(&mut clock);
    clock.lap();
    let stack = (stack_size() - stack_painted()).saturating_sub(before);
    (result, Cost { instructions: clock.ticks * 5 / 4, stack })
}

/// Result rows of the loop written by hand.
#[inline(never)]
fn by_hand(clock: &mut Clock) -> Option<usize> {
    let mut rows = 0;
    by_hand::run(|station, day, count, min, max, mean| {
        black_box((station, day, count, min, max, mean));
        rows += 1;
        clock.lap();
    })?;
    Some(rows)
}

/// Result rows of the query over all records, of which it is given at most `most` at a time.
#[inline(never)]
fn poll_all<U: Uses>(
    clock: &mut Clock,
    query: &mut Query<'_, '_, U>,
    most: usize,
) -> Option<usize> {
    let all = RecordSource::new(RECORDS.as_flattened(), RECORD_BYTES);
    let mut source = Limited { all, most };
    let mut room = [0; ROWS * RESULT_BYTES];
    let mut rows = 0;
    loop {
        let mut sink = RecordSink::new(&mut room);
        let progress = query.poll(&mut source, &mut sink).ok()?;
        rows += progress.rows_out;
        clock.lap();
        if progress.stop == Stop::Finished {
            return Some(rows);
        }
    }
}

/// A source that lends few records at a time.
struct Limited {
    all: RecordSource<'static>,
    most: usize,
}

impl Source for Limited {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        self.all.read(max_rows.min(self.most), consume)
    }

    fn is_finished(&self) -> bool {
        self.all.is_finished()
    }
}

/// SysTick's ticks added up. It counts 24 bits down, so `lap` must be called within 16 million.
struct Clock {
    ticks: u64,
    last: u32,
}

impl Clock {
    fn new() -> Self {
        Self { ticks: 0, last: SYST::get_current() }
    }

    fn lap(&mut self) {
        let now = SYST::get_current();
        self.ticks += u64::from(self.last.wrapping_sub(now) & 0xff_ffff);
        self.last = now;
    }
}
