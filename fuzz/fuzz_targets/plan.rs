//! See `ringql_fuzz::targets::plan`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ringql_fuzz::targets::plan::run(data);
});
