//! Client commands in the working directory of a running server.

use std::process::Stdio;

use crate::binary::{Binary, Ran};
use crate::installation::{Installation, KEY_ID, KEY_SECRET};

/// A server over `data` in the binary's folder.
pub(crate) struct Served {
    pub(crate) binary: Binary,
    pub(crate) installation: Installation,
}

impl Served {
    /// Starts a server that searches by words alone, which is quick, and waits until it listens.
    pub(crate) fn start() -> Self {
        let binary = Binary::new();
        let installation = Installation::start(binary.folder(), &[("SANGAM_MODEL", "none")]);
        Self { binary, installation }
    }

    /// Runs a client command with the server's own key.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, Stdio::null())
    }

    /// The same with something on the standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: Stdio) -> Ran {
        self.binary.run_with(arguments, &self.env(KEY_ID, KEY_SECRET), stdin)
    }

    /// The same with another key.
    pub(crate) fn run_as(&self, arguments: &[&str], id: &str, secret: &str) -> Ran {
        self.binary.run(arguments, &self.env(id, secret))
    }

    fn env<'a>(&'a self, id: &'a str, secret: &'a str) -> [(&'a str, &'a str); 3] {
        let endpoint = self.installation.endpoint.as_str();
        [("SANGAM_ENDPOINT", endpoint), ("SANGAM_ACCESS_KEY_ID", id), ("SANGAM_SECRET_ACCESS_KEY", secret)]
    }
}
