//! The pages over HTTP, with a server whose answers the test gives.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod account;
mod browser;
mod oidc;
#[path = "../../../sangam-identity/tests/it/provider.rs"]
#[expect(dead_code, reason = "the provider of sangam-identity's tests can misbehave in more ways than are needed here")]
mod provider;
mod search;
mod sign_in;
mod world;
