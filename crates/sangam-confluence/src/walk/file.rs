//! Attached files: which are worth their bytes, and what becomes of the answer.

use sangam_extract::MediaType;
use sangam_sync::{Content as Text, SourceError};

use super::body::after_failure;
use crate::{
    error::ClientError,
    map::{FileFacts, Item},
};

/// The id that stands for bytes that were lost: nothing answers to it.
const LOST_FILE_ID: &str = "UNKNOWN_MEDIA_ID";

/// True for files that text can be taken from. What the uploader claimed is believed only if it names such a type: often it says
/// nothing, and then the name's extension decides.
pub(crate) fn has_text(file: &FileFacts, name: &str) -> bool {
    let is_text = |kind: Option<MediaType>| kind.is_some_and(|kind| !matches!(kind, MediaType::Unsupported(_)));
    let is_lost = file.file_id.as_deref() == Some(LOST_FILE_ID);
    let claimed = file.media_type.as_deref().and_then(MediaType::from_label);
    file.bytes > 0 && !is_lost && (is_text(claimed) || is_text(MediaType::from_file_name(name)))
}

/// The item with the bytes that were fetched. A file that cannot be had is found by its name all the same.
///
/// # Errors
/// What ends the sync.
pub(crate) fn with_bytes(
    item: Item,
    version: String,
    file: FileFacts,
    fetched: Result<Vec<u8>, ClientError>,
) -> Result<(Item, String, Text), SourceError> {
    let (version, text) = match fetched {
        Ok(bytes) => (version, Text::File { bytes, media_type: file.media_type, name: item.title.clone() }),
        Err(error) if error.ends_the_sync() => return Err(error.into()),
        Err(error) => {
            let text = Text::Failed { reason: format!("the file could not be fetched: {error}") };
            (after_failure(version, &error), text)
        }
    };
    Ok((item, version, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_text_are_fetched() {
        let file = |media_type: &str, bytes, file_id: &str| FileFacts {
            media_type: Some(media_type.to_owned()),
            bytes,
            file_id: Some(file_id.to_owned()),
            ..FileFacts::default()
        };
        assert!(has_text(&file("text/plain; charset=utf-8", 10, "f"), "a"));
        assert!(has_text(&file("application/octet-stream", 10, "f"), "notes.MD"));
        assert!(!has_text(&file("application/octet-stream", 10, "f"), "a.bin"));
        assert!(!has_text(&file("image/png", 10, "f"), "a.png"));
        assert!(!has_text(&file("text/plain", 0, "f"), "a.txt"), "an empty file has no text");
        assert!(!has_text(&file("text/plain", 10, LOST_FILE_ID), "a.txt"));
    }
}
