//! ringql-benches
