//! See `ringql_fuzz::targets::sql`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ringql_fuzz::targets::sql::run(data);
});
