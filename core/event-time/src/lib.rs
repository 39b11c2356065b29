//! Queries over event time with the rows that DuckDB makes of them: RingQL must make the same ones,
//! in every way in which a query can be run.
//!
//! `cargo xtask event-time` makes random cases (`core/tests/duckdb/event_time.py`), `cargo test`
//! runs those kept in `kept.tsv`, `cargo xtask firmware` runs their plans on a device.
//!
//! | file | what is in it |
//! |---|---|
//! | `cases.rs` | streams, their rows, queries and expected rows; the text that they are kept in |
//! | `order.rs` | the rows in another order |
//! | `run.rs` | one run of a plan |
//! | `rows.rs` | result records as rows of texts; what is left of changes and retractions |
//! | `compare.rs` | rows beside expected ones |
//! | `check.rs` | a case in all ways |
//! | `device.rs` | the kept cases for a device |

pub mod cases;
pub mod check;
pub mod compare;
pub mod device;
pub mod order;
pub mod rows;
pub mod run;
