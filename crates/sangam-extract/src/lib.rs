#![doc = include_str!("../README.md")]

mod csv;
mod decode;
mod email;
mod epub;
mod error;
mod extract;
mod html;
mod json;
mod limits;
mod markdown;
mod media_type;
mod odf;
mod office;
mod package;
mod passages;
mod pdf;
mod rtf;
mod sniff;
mod writer;
mod xml;
mod xml_events;

pub use error::{Death, ExtractError};
pub use extract::{Extracted, extract};
pub use limits::{INPUT_BYTES_MAX, Limits, TEXT_BYTES_MAX};
pub use media_type::MediaType;
pub use passages::{PASSAGE_WORDS, PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN, passages};
pub use sniff::sniff;
