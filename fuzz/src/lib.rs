//! What is fuzzed, as functions of bytes: the fuzz targets call them with bytes that the fuzzer
//! thinks of, `core/tests/fuzz_corpus.rs` with those of the corpus.

#[path = "../../core/tests/common/mod.rs"]
mod common;
#[path = "../../core/tests/support/mod.rs"]
mod support;
pub mod targets;
