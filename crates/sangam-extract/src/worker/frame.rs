//! What a pool and its workers say to each other.
//!
//! A worker says [`HELLO`] when it is ready: what goes wrong before is not the fault of a document. Then each frame is
//! `[magic: u32][bytes of the header: u32][bytes of the body: u64][header: JSON][body]`, numbers little-endian. The body of a request is the
//! document, that of an answer its text.

use std::io;

use serde::{Deserialize, Serialize};

use crate::limits::INPUT_BYTES_MAX;
use crate::{ExtractError, Limits};

/// Begins every frame; the last digit is the version, so that a binary that was replaced does not talk past its old parent.
const MAGIC: u32 = 0x5A6E_0001;
/// What a worker says first.
pub(crate) const HELLO: [u8; 4] = MAGIC.to_le_bytes();
/// Bytes before the header.
pub(crate) const PREFIX_BYTES: usize = 16;
/// Longest header: a title and some numbers.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Asks for the text of the document that follows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) media_type: String,
    pub(crate) limits: Limits,
    /// Address space of the worker.
    pub(crate) memory_bytes: u64,
    /// Processor time for this document.
    pub(crate) cpu_seconds: u64,
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The text follows.
    Text { title: Option<String>, truncated: bool },
    /// There is none.
    Error(ExtractError),
}

/// How much follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) header_bytes: usize,
    pub(crate) body_bytes: usize,
}

/// Everything before the body.
pub(crate) fn head(header: &impl Serialize, body_bytes: usize) -> Vec<u8> {
    let header = serde_json::to_vec(header).expect("strings, numbers and enums always serialize");
    let mut frame = Vec::with_capacity(PREFIX_BYTES + header.len());
    frame.extend(MAGIC.to_le_bytes());
    frame.extend((header.len() as u32).to_le_bytes());
    frame.extend((body_bytes as u64).to_le_bytes());
    frame.extend(header);
    frame
}

/// How much follows the prefix.
///
/// # Errors
/// `InvalidData` if it is none, or says more than either side ever sends.
pub(crate) fn parse_prefix(prefix: [u8; PREFIX_BYTES]) -> io::Result<Head> {
    let [m0, m1, m2, m3, h0, h1, h2, h3, body @ ..] = prefix;
    let header_bytes = u32::from_le_bytes([h0, h1, h2, h3]) as usize;
    let body_bytes = usize::try_from(u64::from_le_bytes(body)).unwrap_or(usize::MAX);
    let is_sound = u32::from_le_bytes([m0, m1, m2, m3]) == MAGIC
        && header_bytes <= HEADER_BYTES_MAX
        && body_bytes <= INPUT_BYTES_MAX;
    if is_sound { Ok(Head { header_bytes, body_bytes }) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_how_much_follows() {
        let frame = head(&Answer::Text { title: None, truncated: false }, 7);
        let (prefix, header) = frame.split_first_chunk().unwrap();
        let parsed = parse_prefix(*prefix).unwrap();
        assert_eq!(parsed, Head { header_bytes: header.len(), body_bytes: 7 });
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        assert!(parse_prefix(*b"Usage: sangam [O").is_err());
        let too_much = head(&(), INPUT_BYTES_MAX + 1);
        assert!(parse_prefix(*too_much.first_chunk().unwrap()).is_err());
    }
}
