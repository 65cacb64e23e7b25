#![doc = include_str!("../README.md")]

mod http;
pub mod keys;
pub mod policy;
pub mod sigv4;

pub use http::{
    Action, App, Clock, FormBody, Insider, Limits, Network, Peer, Ready, SangamV1, ServeError, Services, Settings,
    Trail, TrailEntry, V1_PREFIX, V1Request, router, serve,
};
pub use keys::{AccessKey, KeyStore, KeyStoreError, MemoryKeys};
pub use policy::Policy;
