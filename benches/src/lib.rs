//! The reference workloads: deterministic data, the queries in SQL, and the same queries written
//! by hand in Rust.

pub mod check;
pub mod columns;
pub mod data;
pub mod hand;
pub mod hand_columns;
pub mod hand_groups;
pub mod hand_trades;
pub mod measure;
pub mod queries;
pub mod replaced;
pub mod rings;
pub mod run;
pub mod snapshots;
pub mod trades;
pub mod variants;
