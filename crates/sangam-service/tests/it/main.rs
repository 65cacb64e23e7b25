//! The operations through their JSON, over a real store and fakes of what is behind the seams.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails its test like the test itself")]
#![expect(clippy::needless_pass_by_value, reason = "a test reads better with `json!` than with `&json!`")]

mod data_sources;
mod documents;
mod indices;
mod mappings;
mod operations;
mod queries;
mod resume;
mod sync_jobs;
mod tags;
mod world;
