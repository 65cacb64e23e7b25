#![cfg(test)]
//! The state as its callers use it: trees and accesses, revisions, jobs, the inbox and the queues, in a real file.

mod access;
mod catalogue;
mod hiding;
mod inbox;
mod inbox_races;
mod jobs;
mod model;
mod moves;
mod nodes_outside;
mod property;
mod queues;
mod sight;
mod world;
