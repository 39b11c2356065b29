//! `EXPLAIN`: what a plan does and what it costs, to the byte.
