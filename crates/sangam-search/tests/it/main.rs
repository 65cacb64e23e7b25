#![cfg(test)]
//! Questions to a real index with a real store: who finds what, how often, and in which words.

mod arrangement;
mod attributes;
mod concurrent;
mod excerpts;
mod explain;
mod model;
mod paging;
mod random;
mod readers;
mod totals;
mod world;
