//! ringql-examples
