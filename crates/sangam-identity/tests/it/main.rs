#![cfg(test)]
//! People sign in: accounts, sessions, links, limits and the trail, over a store of their own.

mod accounts;
mod attempts;
mod audit;
mod links;
mod oidc;
mod oidc_outages;
mod oidc_tokens;
mod provider;
mod sessions;
mod world;
