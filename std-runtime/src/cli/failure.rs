//! What went wrong, for standard error and the exit status.

use std::fmt::Display;
use std::process::ExitCode;

use clap::{CommandFactory, error::ErrorKind};

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error in SQL, a plan or data: one message.
    Message(String),
    /// The same, already with its place and a caret.
    Rendered(String),
    /// Arguments that don't go together.
    Usage(String),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// A file that the system won't give.
    pub(crate) fn file(path: &std::path::Path, what: &str, error: impl Display) -> Self {
        Self::Message(format!("{}: can't be {what}: {error}", path.display()))
    }

    /// Prints the message; the exit status.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Message(message) => eprintln!("error: {message}"),
            Self::Rendered(text) => eprint!("{text}"),
            Self::Usage(message) => {
                let mut command = super::Args::command();
                command.build();
                // Only `run` has arguments whose form clap does not know.
                let command = command.find_subcommand_mut("run");
                let usage = match command {
                    Some(run) => run.error(ErrorKind::ValueValidation, message),
                    None => clap::Error::raw(ErrorKind::ValueValidation, message),
                };
                // There is no other place to say that standard error can't be written.
                let _ = usage.print();
                return ExitCode::from(2);
            }
        }
        ExitCode::from(1)
    }
}
