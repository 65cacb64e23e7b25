#![doc = include_str!("../README.md")]

mod account;
mod answer;
mod assets;
mod command;
mod consents;
mod console;
mod cookie;
mod failed;
mod fields;
mod hits;
mod pages;
mod routes;
mod search_page;
mod sign_in;
mod trouble;
mod upload;
mod view;
mod visit;
mod visitor;

pub use axum::Router;
pub use console::{CALLBACK_PATH, Console, ConsoleOptions};
pub use routes::router;
