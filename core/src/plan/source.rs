//! A plan as Rust source, for a `const` in flash.
