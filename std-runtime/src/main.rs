//! The `ringql` program. Its contract is `CLI.md`'s; how it is kept is in [`cli`].

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
