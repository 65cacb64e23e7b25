//! Vectors are made with what the processor has left.
//!
//! A document is found by its words before it has vectors, and a query waits for nothing but itself: what embeds passages gives way to
//! both, and to whatever else the machine does. When nothing else is to be done it has all cores.

/// How much the threads give way, on the scale from 0 to 19: next to a thread that does not, they get about a tenth of a core. At 19 a busy
/// machine would make no vectors at all.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets the calling thread give way to all others; threads that it starts inherit that. Only Linux knows it of single threads.
pub(crate) fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = own_id().and_then(|id| Ok(rustix::process::setpriority_process(Some(id), NICENESS)?)) {
        tracing::debug!(%error, "a thread that embeds passages has the priority of all others");
    }
}

/// The calling thread's id, which `/proc` tells as `<process>/task/<thread>`.
#[cfg(target_os = "linux")]
fn own_id() -> std::io::Result<rustix::process::Pid> {
    let link = std::fs::read_link("/proc/thread-self")?;
    let id = link.file_name().and_then(|id| id.to_str()).and_then(|id| id.parse().ok());
    id.and_then(rustix::process::Pid::from_raw).ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}

/// The calling thread's niceness.
#[cfg(all(test, target_os = "linux"))]
pub(crate) fn niceness() -> i32 {
    let id = own_id().expect("tests run where /proc is");
    rustix::process::getpriority_process(Some(id)).expect("a thread may look at itself")
}
