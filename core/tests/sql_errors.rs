//! SQL that is refused, and the whole report: `sql_errors/*.sql` with the expected text beside it.
//!
//! `RINGQL_UPDATE=1 cargo test -p ringql-core --features sql --test sql_errors` writes the expected
//! texts anew: read every changed one before you keep it.
#![cfg(feature = "sql")]

use std::fs;
use std::path::Path;

use ringql_core::sql::{Options, compile};

#[test]
fn reports() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql_errors");
    let update = std::env::var_os("RINGQL_UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut cases = 0;
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "sql")) {
        cases += 1;
        let name = file.file_name().unwrap().to_string_lossy();
        let sql = fs::read_to_string(file).unwrap();
        let report = match compile(&sql, &Options::default()) {
            Ok(_) => "accepted\n".into(),
            Err(error) => {
                // What would be accepted stands in the help, or in the message of a syntax error.
                let expected = error.message().starts_with("expected ");
                assert!(expected || !error.help().is_empty(), "{name}: {error} has no help");
                error.render(&sql, &name)
            }
        };
        let expected = file.with_extension("txt");
        if update {
            fs::write(&expected, &report).unwrap();
        } else if fs::read_to_string(&expected).ok().as_ref() != Some(&report) {
            wrong.push(report);
        }
    }
    assert!(cases >= 150);
    assert!(wrong.is_empty(), "not as expected:\n{}", wrong.join("\n"));
}
