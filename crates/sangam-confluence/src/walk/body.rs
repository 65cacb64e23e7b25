//! Bodies of pages, blog posts and comments, from what was fetched to what it says.

use sangam_extract::TEXT_BYTES_MAX;
use sangam_sync::Content as Text;

use crate::{
    adf::adf_to_text,
    error::ClientError,
    storage::{BodyText, storage_to_text},
};

/// Follows the version of a document that could not be read for a reason that may pass: it is tried at every sync.
pub(crate) const RETRY_MARK: &str = "-retry";

/// A page's body, or why there is none.
#[derive(Debug)]
pub(crate) enum FetchedBody {
    /// In storage format.
    Storage(String),
    /// In Atlassian's document format, where there is no storage format.
    Adf(String),
    /// It could not be had.
    Failed(ClientError),
}

/// What a body says.
#[derive(Debug)]
pub(crate) struct ReadBody {
    /// Its text, if it has any.
    pub text: Text,
    /// Ids of the people whom it mentions.
    pub mentions: Vec<String>,
    /// It was not well-formed, and read as well as it could be.
    pub is_malformed: bool,
}

impl ReadBody {
    /// Of a body in storage format.
    pub(crate) fn of_storage(storage: &str) -> Self {
        Self::of(storage_to_text(storage, TEXT_BYTES_MAX))
    }

    /// Of a body in Atlassian's document format.
    pub(crate) fn of_adf(document: &str) -> Self {
        Self::of(adf_to_text(document, TEXT_BYTES_MAX))
    }

    fn of(body: BodyText) -> Self {
        let text = if body.text.is_empty() { Text::None } else { Text::Text(body.text) };
        Self { text, mentions: body.mentions, is_malformed: body.malformed }
    }
}

/// What a fetched body says, with the version that the document has then.
pub(crate) fn read_body(version: String, body: FetchedBody) -> (String, ReadBody) {
    match body {
        FetchedBody::Storage(storage) => (version, ReadBody::of_storage(&storage)),
        FetchedBody::Adf(document) => (version, ReadBody::of_adf(&document)),
        FetchedBody::Failed(error) => {
            let text = Text::Failed { reason: error.to_string() };
            (after_failure(version, &error), ReadBody { text, mentions: Vec::new(), is_malformed: false })
        }
    }
}

/// The version of a document whose content could not be had.
pub(crate) fn after_failure(version: String, error: &ClientError) -> String {
    if error.is_transient() { format!("{version}{RETRY_MARK}") } else { version }
}
