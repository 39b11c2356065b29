//! Plans as bytes.
