//! Our own vector index: immutable segments of int8 rows, scanned exactly under a filter.
//!
//! Why not a graph: a graph wins only without a filter, and here every query has one. A scan of the
//! allowed rows is exact and gets faster as the filter gets narrower; a graph gets slower.

mod dead;
mod files;
mod half;
mod kernel;
mod layout;
mod manifest;
mod merge;
mod quantize;
mod scan;
mod search;
mod segment;
mod segment_writer;
mod writer;

pub(crate) use search::VectorSnapshot;
pub(crate) use writer::VectorWriter;
