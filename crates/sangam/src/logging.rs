//! Logs: on the standard error, readable on a terminal, one JSON object a line otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::Failure;

/// Starts logging what `filter` lets through; `RUST_LOG` is not read, the setting `log` is.
///
/// # Errors
/// A filter that is none. A second call changes nothing and is no error: tests start more than one server in a process.
pub fn init(filter: &str) -> Result<(), Failure> {
    let filter = EnvFilter::builder().parse(filter).map_err(Failure::wrong)?;
    let is_terminal = io::stderr().is_terminal();
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = if is_terminal {
        base.with_ansi(!no_color).with_target(false).finish().try_init()
    } else {
        base.json().flatten_event(true).finish().try_init()
    };
    // The only error there is: somebody was first.
    drop(started);
    Ok(())
}
