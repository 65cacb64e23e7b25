#![doc = include_str!("../README.md")]

mod access;
mod adf;
mod client;
mod config;
mod connector;
mod crawl;
mod datacenter;
mod error;
mod filters;
mod identity;
mod map;
pub mod oauth;
mod probe;
mod secret;
mod settings;
mod source;
mod storage;
mod tree;
mod user_map;
mod walk;
mod wire;

pub use adf::adf_to_text;
pub use config::{
    AuthType, ConfluenceConfig, Entity, FieldMapping, FieldType, Hosting, Mappings, Proxy, ProxyLogin, Switches,
    UserIdField,
};
pub use connector::{ConfluenceConnector, further_authorities};
pub use filters::Filters;
pub use secret::{Credentials, DEFAULT_REDIRECT_URI, OAuth2Grant};
pub use settings::ConfluenceSettings;
pub use source::ConfluenceSource;
pub use storage::{BodyText, storage_to_text};
