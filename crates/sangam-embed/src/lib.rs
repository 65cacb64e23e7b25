#![doc = include_str!("../README.md")]

mod embedder;
mod error;
mod hash_embedder;
mod minilm;
mod priority;
mod query_cache;
mod service;

pub use embedder::{Effort, Embedder};
pub use error::{BoxError, EmbedError};
pub use hash_embedder::HashEmbedder;
pub use minilm::{MiniLm, TEXT_TOKENS_MAX};
pub use query_cache::QUERY_CACHE_MAX;
pub use service::{EmbedService, PASSAGE_JOBS_MAX, QUERY_JOBS_MAX};
