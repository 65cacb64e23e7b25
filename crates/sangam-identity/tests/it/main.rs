#![cfg(test)]
//! People sign in: accounts, sessions, links, limits and the trail, over a store of their own.

mod accounts;
mod attempts;
mod audit;
mod links;
mod sessions;
mod world;
