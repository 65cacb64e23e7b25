#![cfg(test)]
//! Jobs over a scripted source, with a real engine and a real store.

mod jobs;
mod removals;
mod script;
mod world;
