//! Files that are either there, whole and durable, or not.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::error::EngineError;

/// Writes a file under its final name and makes its bytes durable. Nothing refers to it yet.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| EngineError::io(path, error))
}

/// Replaces a file: afterwards, and after a crash at any moment, it is the old or the new one.
/// `before_rename` runs when the new one is complete beside the old one.
pub(super) fn replace(path: &Path, bytes: &[u8], before_rename: impl FnOnce()) -> Result<(), EngineError> {
    let temporary = path.with_extension("tmp");
    write_new(&temporary, bytes)?;
    before_rename();
    fs::rename(&temporary, path).map_err(|error| EngineError::io(path, error))?;
    sync_parent(path)
}

/// Makes creations, renames and removals in the file's folder durable.
pub(super) fn sync_parent(path: &Path) -> Result<(), EngineError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    sync_folder(parent).map_err(|error| EngineError::io(parent, error))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems offer no such call, and order the operations of a folder themselves.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Reads a file that must be there.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            EngineError::Corrupt { file: path.to_owned(), reason: "it is missing".to_owned() }
        }
        _ => EngineError::io(path, error),
    })
}

/// Removes a file that nothing refers to. What cannot be removed now is removed at the next start.
pub(super) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(path = %path.display(), %error, "could not remove an unused vector file");
    }
}
