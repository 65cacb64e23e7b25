//! The data folder: what is where in it, who may look into it, and that one server at a time uses it.
//!
//! ```text
//! <data_dir>/sangam.db          the SQL state
//!            secrets.key        the key that seals secrets, mode 0600
//!            index/<id>/…       text and vectors of an index
//!            s3/<bucket>/<key>  what `s3://bucket/key` is
//!            lock               held by the server that uses the folder
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder is its owner's alone: it holds documents, and files that SQLite makes follow the process's mask.
const FOLDER_MODE: u32 = 0o700;
/// The lock file likewise.
const LOCK_MODE: u32 = 0o600;
/// The bits that let anybody else in.
const OTHERS: u32 = 0o077;
/// A process id has fewer digits.
const LOCK_TEXT_MAX: u64 = 32;

const DATABASE: &str = "sangam.db";
const SECRETS_KEY: &str = "secrets.key";
const INDEX: &str = "index";
const S3: &str = "s3";
const LOCK: &str = "lock";

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process holds the lock.
    #[error("data folder `{path}` is in use by another server{holder}", path = .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
        /// ` (process 1234)`, or nothing if the lock file does not tell.
        holder: String,
    },
    /// There is none, and this command does not make one.
    #[error("there is no data in `{path}`", path = .path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// Something is there that is no folder.
    #[error("`{path}` is not a folder", path = .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be made, read or locked.
    #[error("data folder `{path}` cannot be used", path = .path.display())]
    Io {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Where the key that seals secrets is, unless the settings say otherwise.
pub(crate) fn secrets_key(data_dir: &Path) -> PathBuf {
    data_dir.join(SECRETS_KEY)
}

/// A data folder that exists.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Held until this value is dropped; the system lets go of it when the process ends, however it ends.
    _lock: Option<File>,
}

impl DataDir {
    /// Makes the folder if there is none, closes it to others, and holds its lock as long as the value lives.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] if another process holds the lock, or what the file system says.
    pub fn lock(path: &Path) -> Result<Self, DataDirError> {
        let Self { path, .. } = Self::create(path)?;
        let lock = hold(&path)?;
        Ok(Self { path, _lock: Some(lock) })
    }

    /// Makes the folder if there is none and closes it to others; does not lock it, for what may work beside a server.
    ///
    /// # Errors
    /// What the file system says.
    pub fn create(path: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists || error.kind() == io::ErrorKind::NotADirectory {
                DataDirError::NotAFolder { path: path.to_owned() }
            } else {
                failed(error)
            }
        })?;
        close_to_others(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), _lock: None })
    }

    /// The folder, if a server or `create` was there before.
    ///
    /// # Errors
    /// [`DataDirError::Missing`] if it holds no database.
    pub fn existing(path: &Path) -> Result<Self, DataDirError> {
        let folder = Self { path: path.to_owned(), _lock: None };
        if folder.database().is_file() { Ok(folder) } else { Err(DataDirError::Missing { path: path.to_owned() }) }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The SQL state.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// What holds a folder for each index.
    pub fn indices(&self) -> PathBuf {
        self.path.join(INDEX)
    }

    /// What holds a folder for each S3 bucket.
    pub fn s3(&self) -> PathBuf {
        self.path.join(S3)
    }
}

/// Takes the mode of a folder of ours down to [`FOLDER_MODE`]. A folder that holds other people's things keeps its mode: the settings
/// may name a folder like `/tmp` by mistake.
fn close_to_others(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let is_ours = path.join(DATABASE).exists() || fs::read_dir(path)?.next().is_none();
    let closed = is_ours && fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE)).is_ok();
    if !closed {
        let (path, mode) = (path.display(), mode & 0o7777);
        tracing::warn!("data folder `{path}` may be looked into by others (mode {mode:04o}): run `chmod 700 {path}`");
    }
    Ok(())
}

fn hold(path: &Path) -> Result<File, DataDirError> {
    let lock_path = path.join(LOCK);
    let failed = |source| DataDirError::Io { path: lock_path.clone(), source };
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(LOCK_MODE).clone();
    let mut file = options.open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(DataDirError::InUse { path: path.to_owned(), holder: holder(&mut file) });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // For the message of whoever comes second; the lock itself does not depend on it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(file)
}

/// Who holds the lock, by what the holder wrote; it may not have come to that yet.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(LOCK_TEXT_MAX).read_to_string(&mut text);
    match text.trim().parse::<u32>() {
        Ok(process) if read.is_ok() => format!(" (process {process})"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_new_folder_is_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let folder = DataDir::lock(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("lock")), 0o600);
        assert_eq!(folder.database(), path.join("sangam.db"));
    }

    #[test]
    fn a_folder_of_ours_is_closed_and_anothers_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        fs::write(path.join("something"), "").unwrap();
        DataDir::create(path).unwrap();
        assert_eq!(mode(path), 0o755);
        fs::write(path.join(DATABASE), "").unwrap();
        DataDir::create(path).unwrap();
        assert_eq!(mode(path), 0o700);
    }

    #[test]
    fn the_second_server_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDir::lock(folder.path()).unwrap();
        let message = DataDir::lock(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
        drop(first);
        DataDir::lock(folder.path()).unwrap();
    }

    #[test]
    fn what_is_no_folder_or_not_there_is_said_so() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let error = DataDir::create(&path).unwrap_err();
            assert!(matches!(error, DataDirError::NotAFolder { .. }), "{error:?}");
        }
        let error = DataDir::existing(parent.path()).unwrap_err();
        assert!(matches!(error, DataDirError::Missing { .. }), "{error:?}");
    }
}
