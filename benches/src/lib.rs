//! The reference workloads: deterministic data, the queries in SQL, and the same queries written
//! by hand in Rust.

pub mod columns;
pub mod data;
pub mod hand;
pub mod hand_groups;
pub mod measure;
pub mod queries;
pub mod run;
