//! A row of the table of `benches/replaced.rs`, with mimalloc.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    ringql_benches::replaced::worker::main();
}
