//! ringql-runtime
