//! `ringql run`

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringql_core::plan::Plan;
use ringql_core::plan::op::OutputId;
use ringql_runtime::input::{self, ReadOptions, Warn};
use ringql_runtime::output;
use ringql_runtime::pipeline::{self, Ending, Options};

use super::args::RunArgs;
use super::failure::Failure;
use super::program::Program;
use super::report;
use super::route::{Files, Input, Output, Place, Route, Routes, input_schema};

/// Runs the queries one after another; the first failure is the last query.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let routes = Routes::parse(args)?;
    let program = match &args.plan {
        Some(path) => Program::load(path)?,
        None => Program::compile(args.file.as_deref(), args.sql.as_deref(), args.batch_size)?,
    };
    let plans = program.plans();
    let routes = routes.resolve(&program, &plans)?;
    let options =
        Options { single_thread: args.single_thread, stop: on_interrupt()?, ..Options::default() };
    if !args.quiet {
        report::shared_output(&routes);
    }
    let warnings = Warnings::default();
    let mut files = Files::default();
    for (i, (plan, Route { from, to, late })) in plans.iter().zip(&routes).enumerate() {
        let (reader, bar) = reader(args, plan, from, to, &warnings)?;
        let mut writer = |to: &Output, output| -> Result<_, Failure> {
            let schema = plan.output(output).into();
            Ok(output::writer(to.format, files.open(&to.place)?, schema))
        };
        let results = writer(to, OutputId(0))?;
        let late = late.as_ref().zip(pipeline::late_output(plan));
        let late = late.map(|(to, output)| writer(to, output)).transpose()?;
        let has_late = late.is_some();
        let summary = pipeline::run_with_late(plan, reader, results, late, &options);
        bar.finish_and_clear();

        let name = (plans.len() > 1).then(|| format!("query {} of {}", i + 1, plans.len()));
        let stopped = matches!(summary.result, Ok(Ending::Stopped));
        if args.stats || (stopped && !args.quiet) {
            report::stats(name.as_deref(), &summary);
        } else if !args.quiet {
            report::warnings(name.as_deref(), &summary, has_late);
        }
        match summary.result.map_err(|e| Failure::new(e.to_string()))? {
            Ending::Finished => {}
            Ending::Stopped | Ending::Closed => break,
        }
    }
    Ok(())
}

/// A flag that Ctrl-C sets. Who presses it twice does not want to wait.
fn on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
    })
    .map_err(|e| Failure::new(format!("Ctrl-C can't be handled: {e}")))?;
    Ok(stop)
}

fn reader(
    args: &RunArgs,
    plan: &Plan<'_>,
    from: &Input,
    to: &Output,
    warnings: &Warnings,
) -> Result<(Box<dyn input::Reader>, ProgressBar), Failure> {
    let (bytes, bar): (input::Bytes, _) = match &from.place {
        Place::Standard => (Box::new(io::stdin()), ProgressBar::hidden()),
        Place::File(path) => {
            let file = File::open(path).map_err(|e| Failure::file(path, "read", e))?;
            let bar = progress(args, &file, to);
            (Box::new(bar.wrap_read(file)), bar)
        }
    };
    let warn = if args.quiet { Warn::default() } else { warnings.above(&bar) };
    let options =
        ReadOptions { epoch_unit: from.epoch_unit, on_bad_row: args.on_bad_row.into(), warn };
    let reader =
        input::reader(from.format, &from.place.to_string(), bytes, input_schema(plan), options);
    Ok((reader, bar))
}

/// The readers' warnings so far: several queries can read one file, which is warned of once.
#[derive(Default)]
struct Warnings(Arc<Mutex<BTreeSet<String>>>);

impl Warnings {
    /// Prints new ones above a bar.
    fn above(&self, bar: &ProgressBar) -> Warn {
        let (said, bar) = (Arc::clone(&self.0), bar.clone());
        Warn::new(move |what| {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            if said.insert(what.to_owned()) {
                bar.suspend(|| eprintln!("warning: {what}"));
            }
        })
    }
}

/// A bar on the terminal; a hidden one where it would be in the way, or the size is not known.
fn progress(args: &RunArgs, file: &File, to: &Output) -> ProgressBar {
    let size = match file.metadata() {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        _ => 0,
    };
    let results_here = to.place == Place::Standard && io::stdout().is_terminal();
    if args.quiet || size == 0 || results_here || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr()).with_style(style)
}
