//! The limits that the system holds a worker to.

use std::fs::File;
use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Open files: the three streams, and some room for what the runtime opens for itself.
const FILES_MAX: u64 = 16;

/// The standard output for answers alone: what a library might print goes to the standard error instead.
pub(super) fn own_output() -> io::Result<File> {
    let output = rustix::io::dup(rustix::stdio::stdout())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(output.into())
}

/// Takes from this process what no extraction needs: files beyond its streams, writing to any, and leaving a memory image behind, which
/// would hold the document.
pub(super) fn confine() -> io::Result<()> {
    std::env::set_current_dir("/")?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, FILES_MAX)?;
    // Pipes have no size, so answers can still be written.
    limit(Resource::Fsize, 0)
}

/// Sets what the next document may use: address space in all, and processor time from now on. Both may be set again for the one after it.
pub(super) fn allow(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or_default();
    // The second that has begun counts as used.
    soften(Resource::Cpu, used + 1 + cpu_seconds)?;
    // Not every system can limit the address space.
    if cfg!(target_os = "linux") { soften(Resource::As, memory_bytes) } else { Ok(()) }
}

/// For good.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Until it is set again; never above what the system allows the process.
fn soften(resource: Resource, most: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let current = maximum.map_or(most, |maximum| most.min(maximum));
    Ok(setrlimit(resource, Rlimit { current: Some(current), maximum })?)
}
