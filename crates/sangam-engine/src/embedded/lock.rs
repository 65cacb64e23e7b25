//! One engine per folder, in this process and between processes.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::EngineError;

/// The file that is locked. It stays when the engine goes; what counts is the lock on it.
const FILE_NAME: &str = "lock";

/// Holds a folder until it is dropped, or the process dies.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock of a folder, which is created if it is missing.
    pub(super) fn take(dir: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(dir).map_err(|error| EngineError::io(dir, error))?;
        let path = dir.join(FILE_NAME);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| EngineError::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(EngineError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(EngineError::io(path, error)),
        }
    }
}
