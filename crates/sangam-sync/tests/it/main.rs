#![cfg(test)]
//! Jobs over a scripted source, with a real engine and a real store.

mod dry_run;
mod jobs;
mod refresh;
mod removals;
mod schedules;
mod script;
mod sight;
mod waiting;
mod world;
