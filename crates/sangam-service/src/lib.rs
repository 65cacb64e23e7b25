#![doc = include_str!("../README.md")]

mod background;
mod client_token;
mod data_sources;
mod documents;
mod error;
mod indices;
mod kendra;
mod mappings;
mod page_token;
mod query;
mod s3;
mod seams;
mod searcher;
mod service;
mod settings;
mod sync_jobs;
mod tags;

pub use data_sources::DataSourceDocument;
pub use error::ServiceError;
pub use indices::{Field, FieldKind, FieldRelevance, FieldSearch, IndexDocument};
pub use s3::{S3Error, S3Object, list_s3, read_s3, remove_s3, write_s3};
pub use sangam_search::{
    Audience, Confidence, Highlight, HighlightedText, PassageItem, PassagesResponse, SearchItem, SearchRequest,
    SearchResponse,
};
pub use seams::{IndexHost, Jobs, SeamError};
pub use searcher::Searcher;
pub use service::{Seams, Service};
pub use settings::{NoUserContext, Quotas, ServiceSettings};
