#![doc = include_str!("../README.md")]

mod catalogue_view;
mod document;
mod error;
mod inbox;
mod index;
mod readable;
mod registry;
mod sight;
mod vectors;
mod writer;

pub use catalogue_view::CatalogueView;
pub use document::{FieldValue, InboxRecord, NewDocument, media_type_of};
pub use error::IngestError;
pub use index::{Index, ReaderView};
pub use registry::{IndexRegistry, RegistryOptions};
pub use sangam_extract::Extractor;
pub use writer::IndexBatch;
