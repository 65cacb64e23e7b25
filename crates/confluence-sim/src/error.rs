//! What can go wrong when a site is built, changed or served.

/// Why the simulator refused.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The seed is not JSON of the documented form.
    #[error("seed is not readable: {0}")]
    SeedSyntax(#[from] serde_json::Error),
    /// The seed is well formed and contradicts itself; every mistake is listed.
    #[error("seed has {} mistakes: {}", .0.len(), .0.join("; "))]
    SeedContent(Vec<String>),
    /// A mutation named something that the site does not have.
    #[error("{what} `{id}` not found")]
    Unknown {
        /// The kind of thing, in lower case: `page`, `user`, `group`, `space`.
        what: &'static str,
        /// The id as it was given.
        id: String,
    },
    /// A mutation that Confluence would refuse too.
    #[error("{0}")]
    Refused(String),
    /// The address could not be listened on.
    #[error("could not listen on `{addr}`")]
    Listen {
        /// The address that was asked for.
        addr: std::net::SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl SimError {
    pub(crate) fn unknown(what: &'static str, id: &dyn std::fmt::Display) -> Self {
        Self::Unknown { what, id: id.to_string() }
    }
}
