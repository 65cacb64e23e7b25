//! The source against a simulated site: what it hands over, and who may read it.

mod access;
mod changes;
mod confirm;
mod faults;
mod filters;
mod resume;
mod shelf;
mod volume;
mod world;
