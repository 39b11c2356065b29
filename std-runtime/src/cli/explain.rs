//! `ringql explain`, `compile` and `inspect`

use std::fs;

use ringql_core::function::ALL;
use ringql_core::plan::Plan;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::wire;

use super::args::{CompileArgs, ExplainArgs, ExplainFormat, InspectArgs};
use super::failure::Failure;
use super::print;
use super::program::Program;

/// Shows what queries do and cost.
pub(crate) fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let program = Program::compile(args.file.as_deref(), args.sql.as_deref(), args.batch_size)?;
    show(&program.plans(), args.format)
}

/// Shows what is in a plan file.
pub(crate) fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let program = Program::load(&args.plan)?;
    show(&program.plans(), args.format)
}

fn show(plans: &[Plan<'_>], format: ExplainFormat) -> Result<(), Failure> {
    let explanations: Vec<_> = plans.iter().map(|plan| Explanation::of(plan, &ALL)).collect();
    let text = match (format, &explanations[..]) {
        (ExplainFormat::Text, all) => {
            all.iter().map(Explanation::text).collect::<Vec<_>>().join("\n")
        }
        (ExplainFormat::Dot, all) => all.iter().map(Explanation::dot).collect(),
        (ExplainFormat::Json, [one]) => json(one)?,
        (ExplainFormat::Json, all) => json(all)?,
    };
    print(&text)
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|e| Failure::new(e.to_string()))
}

/// Writes the plan of the one query of a file.
pub(crate) fn compile(args: &CompileArgs) -> Result<(), Failure> {
    let program = Program::compile(args.file.as_deref(), args.sql.as_deref(), args.batch_size)?;
    let plans = program.plans();
    let [plan] = &plans[..] else {
        return Err(Failure::new(format!(
            "a plan file holds one query and there are {}: put each into a file of its own",
            plans.len()
        )));
    };
    if let Some((stream, unit)) = program.other_epoch_unit() {
        eprintln!(
            "warning: a plan does not hold the epoch_unit '{unit}' of stream {stream}: run --plan \
             reads integer timestamps as microseconds"
        );
    }
    let bytes = wire::to_vec(plan).map_err(|e| Failure::new(e.to_string()))?;
    fs::write(&args.output, bytes).map_err(|e| Failure::file(&args.output, "written", e))
}
