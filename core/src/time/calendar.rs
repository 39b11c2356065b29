//! Timestamps as text, both ways.
