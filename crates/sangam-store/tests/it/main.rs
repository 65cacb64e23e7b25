#![cfg(test)]
//! The state as its callers use it: trees and accesses, revisions, jobs, the inbox and the queues, in a real file.

mod access;
mod catalogue;
mod hiding;
mod moves;
mod nodes_outside;
mod world;
