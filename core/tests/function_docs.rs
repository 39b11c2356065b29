//! Every built-in function has documentation, with an example that has a value.
#![cfg(feature = "sql")]

use ringql_core::function::ALL;
use ringql_core::sql::{Options, compile};

#[test]
fn every_function_has_a_sentence_and_an_example() {
    let mut problems = Vec::new();
    for function in ALL.iter() {
        let (name, doc) = (function.signature.name, function.doc);
        if !doc.text.ends_with('.') {
            problems.push(format!("{name}: {:?} is no sentence", doc.text));
        }
        let names = [&[name], doc.aliases].concat();
        let example = doc.example.to_ascii_lowercase();
        // Forms with a grammar of their own, and comparisons, which are one function each.
        let is_form =
            ["extract(", " at time zone ", " < "].iter().any(|form| example.contains(form));
        if !is_form && !names.iter().any(|name| example.contains(name)) {
            problems.push(format!("{name}: {example} does not show it"));
        }
        let sql = format!("CREATE STREAM s (x INTEGER);\nSELECT {} FROM s", doc.example);
        if let Err(error) = compile(&sql, &Options { batch_rows: 1, ..Options::default() }) {
            problems.push(format!("{name}: {error}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
