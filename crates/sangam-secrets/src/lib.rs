#![doc = include_str!("../README.md")]

mod access_keys;
mod api;
mod arn;
mod error;
mod filter;
mod key_source;
mod lock;
mod operations;
mod page;
mod password;
mod sealing;
mod sealing_key;
mod secrets;
mod stages;
mod tags;
mod value;

pub use access_keys::{AccessKey, AccessKeyInfo, AccessKeys, PresetKey};
pub use error::SecretsError;
pub use key_source::{KeyError, KeySource};
pub use lock::SecretGuard;
pub use sealing::{Place, SealError, Sealer};
pub use sealing_key::SealingKey;
pub use secrets::Secrets;
