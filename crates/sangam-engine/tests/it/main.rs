//! The embedded engine from outside: the conformance suite, reopening, damage, crashes.

mod conformance;
mod damage;
mod kill;
mod reopen;
mod support;
