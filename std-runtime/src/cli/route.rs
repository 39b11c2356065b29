//! Which file each stream comes from and each result goes to.

use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::iter;
use std::path::{Path, PathBuf};

use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_runtime::pipeline::late_output;
use ringql_runtime::{input, output};

use super::args::RunArgs;
use super::failure::Failure;
use super::program::Program;

/// A file, or the program's standard input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Standard,
    File(PathBuf),
}

impl Place {
    fn of(path: &str) -> Self {
        if path == "-" { Self::Standard } else { Self::File(path.into()) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Where a query's rows come from.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) place: Place,
    pub(crate) format: input::Format,
    pub(crate) epoch_unit: input::EpochUnit,
}

/// Where a query's results go.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) place: Place,
    pub(crate) format: output::Format,
}

/// A query's ends.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) from: Input,
    pub(crate) to: Output,
    /// Where its late records go, if it delivers them.
    pub(crate) late: Option<Output>,
}

impl Route {
    /// What it writes to.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Output> {
        iter::once(&self.to).chain(&self.late)
    }
}

/// The routes that the command line names.
pub(crate) struct Routes<'a> {
    args: &'a RunArgs,
    inputs: Vec<(&'a str, Place)>,
    sinks: Vec<(&'a str, Place)>,
    default: Place,
}

impl<'a> Routes<'a> {
    /// Reads the `--input` and `--output` arguments, as far as they alone can be wrong.
    pub(crate) fn parse(args: &'a RunArgs) -> Result<Self, Failure> {
        let usage = |message: String| Err(Failure::Usage(message));
        let mut inputs: Vec<(&str, Place)> = Vec::new();
        for text in &args.input {
            let Some((name, path)) =
                text.split_once('=').filter(|(n, p)| !n.is_empty() && !p.is_empty())
            else {
                return usage(format!("--input takes NAME=PATH, not '{text}'"));
            };
            if inputs.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
                return usage(format!("--input names the stream {name} twice"));
            }
            inputs.push((name, Place::of(path)));
        }
        let mut sinks: Vec<(&str, Place)> = Vec::new();
        let mut default = None;
        for text in &args.output {
            // A path can hold a = as well; a sink's name is a plain word.
            let word =
                |n: &str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
            match text.split_once('=').filter(|(name, _)| word(name)) {
                Some((_, "")) => return usage(format!("--output '{text}' has no path")),
                Some((name, path)) => {
                    if sinks.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
                        return usage(format!("--output names the sink {name} twice"));
                    }
                    sinks.push((name, Place::of(path)));
                }
                None if text.is_empty() => return usage("--output has no path".to_owned()),
                None if default.is_some() => {
                    return usage("--output without a sink is given twice".to_owned());
                }
                None => default = Some(Place::of(text)),
            }
        }
        Ok(Self { args, inputs, sinks, default: default.unwrap_or(Place::Standard) })
    }

    /// Finds each query's input and output before anything runs.
    pub(crate) fn resolve(
        &self,
        program: &Program,
        plans: &[Plan<'_>],
    ) -> Result<Vec<Route>, Failure> {
        let streams = program.streams();
        for (name, _) in &self.inputs {
            if !streams.iter().any(|stream| stream.eq_ignore_ascii_case(name)) {
                return Err(Failure::new(format!(
                    "--input {name}: there is no such stream; {}",
                    known("stream", &streams)
                )));
            }
        }
        let sinks: Vec<&str> = plans.iter().flat_map(sinks).filter(|s| !s.is_empty()).collect();
        for (name, _) in &self.sinks {
            if !sinks.iter().any(|sink| sink.eq_ignore_ascii_case(name)) {
                return Err(Failure::new(format!(
                    "--output {name}: no query says INSERT INTO {name}; {}",
                    known("sink", &sinks)
                )));
            }
        }
        let routes = plans
            .iter()
            .map(|plan| {
                let from = self.input(program, plan)?;
                let late = late_output(plan).map(|late| self.output(sink(plan, late)));
                Ok(Route { from, to: self.output(sink(plan, OutputId(0))), late })
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let readers = routes.iter().filter(|route| route.from.place == Place::Standard).count();
        if readers > 1 {
            return Err(Failure::new(format!(
                "{readers} queries read standard input, and it can be read only once: run them one \
                 by one, or put the data in a file"
            )));
        }
        for Route { from, .. } in &routes {
            for to in routes.iter().flat_map(Route::outputs) {
                if is_same_file(&from.place, &to.place) {
                    return Err(Failure::new(format!("{} is an input and an output", to.place)));
                }
            }
        }
        one_table_each(plans, &routes)?;
        Ok(routes)
    }

    fn input(&self, program: &Program, plan: &Plan<'_>) -> Result<Input, Failure> {
        let stream = plan.streams.first().map_or("", |s| s.name.of(plan.texts));
        let mut source = None;
        let mut stated = None;
        let mut epoch_unit = input::EpochUnit::default();
        for (key, value) in program.options(stream) {
            match key.to_ascii_lowercase().as_str() {
                "source" => source = Some(value),
                "format" => {
                    stated = Some(value.parse().map_err(|()| {
                        Failure::new(format!(
                            "stream {stream}: format is '{value}'; it can be 'csv', 'ndjson' or \
                             'rqlr'"
                        ))
                    })?);
                }
                "epoch_unit" => {
                    epoch_unit = value.parse().map_err(|()| {
                        Failure::new(format!(
                            "stream {stream}: epoch_unit is '{value}'; it can be 's', 'ms' or 'us'"
                        ))
                    })?;
                }
                _ => {
                    return Err(Failure::new(format!(
                        "stream {stream}: there is no option {key}; WITH takes source, format and \
                         epoch_unit"
                    )));
                }
            }
        }
        let given = self.inputs.iter().find(|(name, _)| name.eq_ignore_ascii_case(stream));
        let place = match (given, source) {
            (Some((_, place)), _) => place.clone(),
            (None, Some("-")) => Place::Standard,
            (None, Some(path)) => Place::File(program.folder().join(path)),
            (None, None) => {
                let with = match program {
                    Program::Sql { .. } => ", or WITH (source = 'PATH') in its CREATE STREAM",
                    Program::Plan(_) => "",
                };
                return Err(Failure::new(format!(
                    "stream {stream} has no input: give it --input {stream}=PATH{with}"
                )));
            }
        };
        let (by_name, unnamed) = match &place {
            Place::Standard => (None, Some(input::Format::Csv)),
            Place::File(path) => (input::Format::of_path(path), None),
        };
        // The stream's own format is first of all that of its own source.
        let found = if given.is_some() { by_name.or(stated) } else { stated.or(by_name) };
        let format = self.args.input_format.map(Into::into).or(found).or(unnamed);
        let format = format.ok_or_else(|| {
            Failure::new(format!(
                "{place}: its extension is none of .csv, .ndjson, .jsonl and .rqlr; say what it is \
                 with --input-format"
            ))
        })?;
        Ok(Input { place, format, epoch_unit })
    }

    fn output(&self, sink: &str) -> Output {
        let place = self
            .sinks
            .iter()
            .find(|(name, _)| !sink.is_empty() && name.eq_ignore_ascii_case(sink))
            .map_or(&self.default, |(_, place)| place)
            .clone();
        let format = match self.args.format {
            Some(format) => format.into(),
            None if place == Place::Standard && io::stdout().is_terminal() => output::Format::Table,
            None => output::Format::Csv,
        };
        Output { place, format }
    }
}

/// The name of a plan's output; empty without `INSERT INTO`.
fn sink<'a>(plan: &Plan<'a>, output: OutputId) -> &'a str {
    plan.outputs.get(output.index()).map_or("", |o| o.name.of(plan.texts))
}

/// The names of a plan's outputs.
fn sinks<'a>(plan: &Plan<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let texts = plan.texts;
    plan.outputs.iter().map(move |output| output.name.of(texts))
}

/// The schema of a plan's input, for its reader.
pub(crate) fn input_schema(plan: &Plan<'_>) -> input::OwnedSchema {
    plan.input(StreamId(0)).into()
}

/// Whether two places are one file, also by another name. Writing a file empties it first, which an
/// input must not suffer.
fn is_same_file(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::File(one), Place::File(other)) => {
            one == other || same_file::is_same_file(one, other).unwrap_or(false)
        }
        _ => false,
    }
}

/// A file holds one table: rows of another shape, or a second header, can't be told apart in it.
/// On standard output tables follow one another, but for raw records, which say nothing of
/// themselves.
fn one_table_each(plans: &[Plan<'_>], routes: &[Route]) -> Result<(), Failure> {
    let mut tables = Vec::new();
    for (plan, Route { to, late, .. }) in plans.iter().zip(routes) {
        tables.push((plan.output(OutputId(0)), to));
        if let (Some(late), Some(output)) = (late, late_output(plan)) {
            // They come between the results.
            if late.place == to.place || is_same_file(&late.place, &to.place) {
                let name = sink(plan, output);
                return Err(Failure::new(format!(
                    "late records go where the results go: give them --output {name}=PATH"
                )));
            }
            tables.push((plan.output(output), late));
        }
    }
    for (i, (a, to)) in tables.iter().enumerate() {
        for (b, same) in tables.iter().take(i) {
            let raw = to.format == output::Format::Rqlr && to.place == same.place;
            let shared = is_same_file(&to.place, &same.place) || raw;
            let alike = {
                a.fields.len() == b.fields.len()
                    && a.fields
                        .iter()
                        .zip(b.fields)
                        .all(|(x, y)| x.data_type == y.data_type && x.nullable == y.nullable)
            };
            let headers = matches!(to.format, output::Format::Csv | output::Format::Table);
            if shared && (headers || !alike) {
                return Err(Failure::new(format!(
                    "two queries write to {}: name their sinks with INSERT INTO and give each an \
                     --output of its own",
                    to.place
                )));
            }
        }
    }
    Ok(())
}

fn known(what: &str, names: &[&str]) -> String {
    match names {
        [] => format!("there is no {what}"),
        [one] => format!("the only {what} is {one}"),
        many => format!("the {what}s are {}", many.join(", ")),
    }
}

/// Files that results go to: each is opened once, however many queries write to it.
#[derive(Default)]
pub(crate) struct Files(Vec<(PathBuf, File)>);

impl Files {
    /// The bytes of an output.
    pub(crate) fn open(&mut self, place: &Place) -> Result<output::Bytes, Failure> {
        let Place::File(path) = place else { return Ok(Box::new(io::stdout())) };
        let failed = |e| Failure::file(path, "written", e);
        let open = |path: &Path| self.0.iter().find(|(p, _)| p == path).map(|(_, f)| f.try_clone());
        let file = match open(path) {
            Some(file) => file.map_err(failed)?,
            None => {
                let file = File::create(path).map_err(failed)?;
                let clone = file.try_clone().map_err(failed)?;
                self.0.push((path.clone(), file));
                clone
            }
        };
        Ok(Box::new(file))
    }
}
