//! Plans that were encoded once and are kept: they decode for ever, or are refused by their
//! version. A file is never changed; a new form gets a new version number and new files.
#![allow(missing_docs)]

mod common;

use std::path::PathBuf;

use common::run::{Outcome, run};
use common::{Random, samples};
use ringql_core::error::DecodeError;
use ringql_core::function::ALL;
use ringql_core::plan::wire::{self, SmallPlan, VERSION};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "plans"].iter().collect()
}

/// With `RINGQL_BLESS` set, writes the files that are missing.
#[test]
fn the_samples_are_kept_in_this_version() {
    for (name, tables) in samples::all() {
        let mut bytes = vec![0; wire::encoded_len(&tables.plan()).unwrap()];
        wire::encode(&tables.plan(), &mut bytes).unwrap();
        let path = folder().join(format!("v{VERSION}-{name}.rqlp"));
        if std::env::var_os("RINGQL_BLESS").is_some() && !path.exists() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        let kept = std::fs::read(&path).expect("RINGQL_BLESS=1 writes it");
        assert!(kept == bytes, "{name} has another form now: a new version number is due");
    }
}

/// Plans from SQL are kept as they once were: what the compiler makes of it may change.
#[cfg(feature = "sql")]
#[test]
fn plans_of_queries_are_kept() {
    for (name, stream, query) in common::sql::QUERIES {
        let path = folder().join(format!("v{VERSION}-sql-{name}.rqlp"));
        if std::env::var_os("RINGQL_BLESS").is_some() && !path.exists() {
            let plan = common::sql::plan(stream, query, 64);
            std::fs::write(&path, wire::to_vec(&plan.plan()).unwrap()).unwrap();
        }
        assert!(path.exists(), "RINGQL_BLESS=1 writes {name}");
    }
}

#[test]
fn kept_plans_decode_or_are_refused_by_their_version() {
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let version = name.strip_prefix('v').and_then(|n| n.split_once('-')).unwrap().0;
        let version: u16 = version.parse().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        files += 1;
        match SmallPlan::decode(&bytes, &ALL) {
            Ok(tables) => {
                assert_eq!(version, VERSION, "{name}");
                let outcome = run(&tables.plan(), &mut Random::new(7));
                assert_ne!(outcome, Outcome::GroupsFull, "{name}");
            }
            Err(DecodeError::Version { found, supported }) => {
                assert_eq!((found, supported), (version, VERSION), "{name}");
                assert_ne!(version, VERSION, "{name}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(files >= 5);
}
