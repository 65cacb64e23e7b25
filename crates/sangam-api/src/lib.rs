#![doc = include_str!("../README.md")]

pub mod arn;
mod blob;
pub mod constraint;
mod context;
mod error;
pub mod kendra;
mod members;
pub mod secretsmanager;
mod sensitive;
mod string_enum;
mod timestamp;
mod wire;

pub use blob::Blob;
pub use context::RequestContext;
pub use error::{ApiError, ErrorKind};
pub use kendra::{Kendra, KendraOperation, KendraRequest};
pub use secretsmanager::{SecretsManager, SecretsOperation, SecretsRequest};
pub use sensitive::Sensitive;
pub use string_enum::UnknownValue;
pub use timestamp::Timestamp;
