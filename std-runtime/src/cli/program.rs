//! Queries from a file, from the command line, or from a plan.

use std::fs;
use std::path::{Path, PathBuf};

use ringql_core::function::ALL;
use ringql_core::plan::Plan;
use ringql_core::plan::wire::HostPlan;
use ringql_core::sql::{self, Options};

use super::failure::Failure;

/// What there is to run.
pub(crate) enum Program {
    /// Compiled from SQL.
    Sql {
        program: sql::Program,
        /// What relative paths in it are relative to.
        folder: PathBuf,
    },
    /// Read from a plan file.
    Plan(Box<HostPlan>),
}

/// An option of a stream's `WITH (...)`.
pub(crate) type StreamOption<'a> = (&'a str, &'a str);

impl Program {
    /// Compiles a query file or a text.
    pub(crate) fn compile(
        file: Option<&Path>,
        text: Option<&str>,
        batch_rows: u16,
    ) -> Result<Self, Failure> {
        let (text, name, folder) = match (file, text) {
            (Some(path), _) => {
                let bytes = fs::read(path).map_err(|e| Failure::file(path, "read", e))?;
                let mut text = String::from_utf8(bytes)
                    .map_err(|e| Failure::file(path, "read", e.utf8_error()))?;
                // Some editors begin a file with a byte order mark.
                if text.starts_with('\u{feff}') {
                    text.drain(..'\u{feff}'.len_utf8());
                }
                let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
                (text, path.display().to_string(), folder)
            }
            (None, text) => (text.unwrap_or_default().to_owned(), "-e".to_owned(), PathBuf::new()),
        };
        let program = sql::compile(&text, &Options { batch_rows, ..Options::default() })
            .map_err(|e| Failure::Rendered(e.render(&text, &name)))?;
        if program.queries.is_empty() {
            return Err(Failure::new(format!("{name} holds no query: there is nothing to run")));
        }
        Ok(Self::Sql { program, folder })
    }

    /// A stream whose integer timestamps are not microseconds, and what they are.
    pub(crate) fn other_epoch_unit(&self) -> Option<(&str, &str)> {
        let Self::Sql { program, .. } = self else { return None };
        program.streams.iter().find_map(|stream| {
            let unit = stream.with.iter().find(|(key, _)| key == "epoch_unit");
            unit.filter(|(_, unit)| unit != "us").map(|(_, unit)| (&*stream.name, &**unit))
        })
    }

    /// Reads and verifies a plan file.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|e| Failure::file(path, "read", e))?;
        let mut tables = Box::new(HostPlan::new());
        tables.load(&bytes, &ALL).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        Ok(Self::Plan(tables))
    }

    /// The queries, in the order of their statements.
    pub(crate) fn plans(&self) -> Vec<Plan<'_>> {
        match self {
            Self::Sql { program, .. } => program.queries.iter().map(|q| q.plan()).collect(),
            Self::Plan(tables) => vec![tables.plan()],
        }
    }

    /// The names of all streams.
    pub(crate) fn streams(&self) -> Vec<&str> {
        match self {
            Self::Sql { program, .. } => program.streams.iter().map(|s| &*s.name).collect(),
            Self::Plan(tables) => {
                let plan = tables.plan();
                plan.streams.iter().map(|s| s.name.of(plan.texts)).collect()
            }
        }
    }

    /// The options of a stream's `WITH`; none for a plan, which does not hold them.
    pub(crate) fn options(&self, stream: &str) -> Vec<StreamOption<'_>> {
        match self {
            Self::Sql { program, .. } => program
                .streams
                .iter()
                .filter(|s| s.name.eq_ignore_ascii_case(stream))
                .flat_map(|s| s.with.iter().map(|(key, value)| (&**key, &**value)))
                .collect(),
            Self::Plan(_) => Vec::new(),
        }
    }

    /// What relative paths in the query are relative to.
    pub(crate) fn folder(&self) -> &Path {
        match self {
            Self::Sql { folder, .. } => folder,
            Self::Plan(_) => Path::new(""),
        }
    }
}
