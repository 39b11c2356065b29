//! Reading and writing the fields of one record.
