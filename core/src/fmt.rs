//! The text form of values, both ways.
