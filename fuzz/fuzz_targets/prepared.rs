//! See `ringql_fuzz::targets::prepared`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ringql_fuzz::targets::prepared::run(data);
});
