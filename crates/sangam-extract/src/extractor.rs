//! Where files become text: in this process if that is safe, and else in a worker.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::error::Death;
use crate::{ExtractError, ExtractPool, Extracted, Limits, MediaType, extract, sniff};

/// Files read at once without a pool.
const IN_PROCESS_AT_ONCE: usize = 2;

/// A file as it comes from outside.
#[derive(Clone)]
pub struct RawFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is said to be: a MIME type or one of Kendra's `ContentType`s.
    pub media_type: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

impl std::fmt::Debug for RawFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawFile").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Takes the text out of files.
#[derive(Debug, Clone)]
pub enum Extractor {
    /// Everything in this process, which a crafted file may take along: for tests, and for files that can be trusted.
    InProcess,
    /// The types that are text in this process, the others in workers: for files that come from outside.
    Pool(Arc<ExtractPool>),
}

impl Extractor {
    /// Files that it makes sense to ask for at once.
    pub fn at_once(&self) -> usize {
        match self {
            Self::InProcess => IN_PROCESS_AT_ONCE,
            Self::Pool(pool) => pool.workers(),
        }
    }

    /// The text of `file`, whatever it is said to be.
    ///
    /// Never blocks its thread. Dropping it gives up the document.
    ///
    /// # Errors
    /// Why there is no text. [`ExtractError::is_transient`] tells whether the document has nothing to do with it.
    pub async fn extract(&self, file: RawFile, limits: Limits) -> Result<Extracted, ExtractError> {
        let in_process = matches!(self, Self::InProcess);
        let first = spawn_blocking(move || {
            let media_type = sniff(&file.bytes, file.media_type.as_deref(), file.name.as_deref());
            let is_here = in_process || media_type.is_text() || matches!(media_type, MediaType::Unsupported(_));
            if is_here { Ok(extract(&file.bytes, media_type, &limits)) } else { Err((file.bytes, media_type)) }
        });
        match (first.await, self) {
            (Ok(Ok(outcome)), _) => outcome,
            (Ok(Err((bytes, media_type))), Self::Pool(pool)) => pool.extract(&bytes, media_type, limits).await,
            (Ok(Err(_)) | Err(_), _) => Err(ExtractError::Died { death: Death::Crash }),
        }
    }
}
