#![doc = include_str!("../README.md")]

mod csv;
mod decode;
mod error;
mod extract;
mod html;
mod json;
mod limits;
mod markdown;
mod media_type;
mod passages;
mod sniff;
mod writer;
mod xml;

pub use error::ExtractError;
pub use extract::{Extracted, extract};
pub use limits::{INPUT_BYTES_MAX, Limits, TEXT_BYTES_MAX};
pub use media_type::MediaType;
pub use passages::{PASSAGE_WORDS, PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN, passages};
pub use sniff::sniff;
