#![doc = include_str!("../README.md")]

mod csv;
mod decode;
mod email;
mod epub;
mod error;
mod extract;
mod extractor;
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
mod pool;
mod rtf;
mod sniff;
mod worker;
mod writer;
mod xml;
mod xml_events;

pub use error::{Death, ExtractError};
pub use extract::{Extracted, extract};
pub use extractor::{Extractor, RawFile};
pub use limits::{INPUT_BYTES_MAX, Limits, TEXT_BYTES_MAX};
pub use media_type::MediaType;
pub use passages::{PASSAGE_WORDS, PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN, passages, passages_after};
pub use pool::{ExtractPool, PoolOptions, WorkerCommand};
pub use sniff::sniff;
pub use worker::worker_main;
