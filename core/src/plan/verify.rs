//! The one check of a plan, before it runs.
