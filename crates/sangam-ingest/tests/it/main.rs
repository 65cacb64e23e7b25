#![cfg(test)]
//! An index from accepting a document to finding it, with a real engine and a real store.

mod access;
mod deletions;
mod lifecycle;
mod revisions;
mod world;
