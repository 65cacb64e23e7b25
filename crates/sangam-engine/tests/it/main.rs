//! The embedded engine from outside: the conformance suite, reopening, damage, crashes.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod concurrent;
mod conformance;
mod damage;
mod kill;
mod recall;
mod reopen;
mod support;
