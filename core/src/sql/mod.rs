//! SQL to plans (feature `sql`).
