//! The words: a tantivy index with a fixed schema, and our own ranking over its postings.

mod attributes;
mod bm25f;
mod conditions;
mod facets;
mod record;
mod schema;
mod snapshot;
mod sorting;
mod writer;

pub(crate) use snapshot::{SegmentIdentity, TextSnapshot};
pub(crate) use writer::TextWriter;

use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

use crate::error::EngineError;

/// Sorts tantivy's errors by what the caller would do.
fn text_error(dir: &Path, operation: &'static str, error: TantivyError) -> EngineError {
    let corrupt = |file: PathBuf, reason: String| EngineError::Corrupt { file: dir.join(file), reason };
    match error {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => corrupt(file, "it is missing".to_owned()),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            corrupt(filepath, io_error.to_string())
        }
        TantivyError::DataCorruption(damage) => corrupt(PathBuf::new(), format!("{damage:?}")),
        TantivyError::LockFailure(..) => EngineError::Locked { dir: dir.to_owned() },
        error => EngineError::backend(operation, error),
    }
}
