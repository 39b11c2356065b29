//! A row of the table of `benches/replaced.rs`, with the system's allocator.

fn main() {
    ringql_benches::replaced::worker::main();
}
