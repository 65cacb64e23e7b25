//! Every limit of the front door, each with its reason.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// How much, how many and how long. The defaults are for a server on a machine of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one body: 50 MB of documents grow to two thirds of this in base64, and the rest is for the JSON around them.
    pub max_body_bytes: u64,
    /// Bytes of all bodies that are held at a time. Without it, 256 requests of the largest size would be 18 GiB.
    pub max_buffered_bytes: u64,
    /// How long the headers of a request may take; it is also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// How long a body may go without a byte.
    pub stall_timeout: Duration,
    /// How long a body may take altogether: a client that sends a byte a minute never stalls. The largest body passes at 84 kB/s.
    pub body_timeout: Duration,
    /// How long the form of a page may take altogether: anybody may send one, and it is small.
    pub form_timeout: Duration,
    /// Connections at a time; more wait in the kernel's queue. Each costs a socket and its buffers.
    pub max_connections: usize,
    /// Operations at a time; more wait, which is bounded by the number of connections.
    pub max_operations: usize,
    /// How long a request waits for memory or for its turn, before it is told to come again.
    pub queue_timeout: Duration,
    /// How long a stopping server waits for requests under way.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 72 * MIB,
            max_buffered_bytes: 512 * MIB,
            header_timeout: Duration::from_mins(1),
            stall_timeout: Duration::from_secs(90),
            body_timeout: Duration::from_mins(15),
            form_timeout: Duration::from_mins(2),
            max_connections: 1024,
            max_operations: 256,
            queue_timeout: Duration::from_secs(20),
            drain_timeout: Duration::from_secs(30),
        }
    }
}
