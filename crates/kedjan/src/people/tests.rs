//! Tests of the records on both stores.
