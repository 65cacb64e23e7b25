//! Where the sealing key comes from.
//!
//! A file is the default and is made at the first start. `env:` and `command:` are for those who keep keys elsewhere: in a container's
//! environment, or in a vault that a command asks.

use std::fmt;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sangam_store::StoreError;
use zeroize::Zeroizing;

use crate::sealing::SealError;
use crate::sealing_key::SealingKey;

/// A key is 44 characters; reading stops here, so that a path to something large does no harm.
const KEY_TEXT_MAX: u64 = 4096;
/// The permissions of a key file: its owner alone.
const KEY_FILE_MODE: u32 = 0o600;
/// The bits that let anybody else in.
const OTHERS: u32 = 0o077;
/// How long a key command may take; a vault behind a slow network answers sooner, and a prompt for a person never would.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// How often a running key command is looked at.
const COMMAND_POLL: Duration = Duration::from_millis(20);

/// Why there is no key to start with. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others may read the key file.
    #[error("the key file `{path}` may be read by others (mode {mode:04o}): run `chmod 600 {path}`", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The store has sealed values, the key file is gone.
    #[error(
        "the key file `{path}` is missing, and without it the stored secrets cannot be opened: restore it from a backup",
        path = .path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The key file cannot be read or written.
    #[error("the key file `{path}` cannot be used: {source}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The environment variable is not set, or not text.
    #[error("the environment variable `{name}`, which should hold the sealing key, is not set")]
    Environment {
        /// Its name.
        name: String,
    },
    /// The key command failed.
    #[error("the command that should print the sealing key failed: {reason}")]
    Command {
        /// How; never what it printed.
        reason: String,
    },
    /// What was found is no key.
    #[error(
        "{key} does not hold a key: thirty-two bytes in base64 are needed, as `openssl rand -base64 32` prints them"
    )]
    Malformed {
        /// Where it was found.
        key: String,
    },
    /// A key, but not the one that sealed what is stored.
    #[error(
        "{key} is not the key that sealed the stored secrets ({source}): use the one that this data folder was made with"
    )]
    Wrong {
        /// Where it was found.
        key: String,
        /// What opening said.
        source: SealError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the sealing key comes from. `Display` and `Debug` do not show a command, which may hold a credential.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file, created with a new key if it is missing.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// What a shell command prints.
    Command(String),
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the key file `{}`", path.display()),
            Self::Env(name) => write!(f, "the environment variable `{name}`"),
            Self::Command(_) => f.write_str("the key command's output"),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource({self})")
    }
}

impl KeySource {
    /// What a setting means: `env:NAME`, `command:…`, `file:PATH`, or a path.
    pub fn parse(setting: &str) -> Self {
        if let Some(name) = setting.strip_prefix("env:") {
            Self::Env(name.to_owned())
        } else if let Some(command) = setting.strip_prefix("command:") {
            Self::Command(command.to_owned())
        } else {
            Self::File(setting.strip_prefix("file:").unwrap_or(setting).into())
        }
    }

    /// The key. Blocks: reads a file or waits for a command. `may_create` lets a missing file be made.
    pub(crate) fn load(&self, may_create: bool) -> Result<SealingKey, KeyError> {
        let text = match self {
            Self::File(path) => match read_key_file(path)? {
                Some(text) => text,
                None if may_create => return create_key_file(path),
                None => return Err(KeyError::Missing { path: path.clone() }),
            },
            Self::Env(name) => {
                Zeroizing::new(std::env::var(name).map_err(|_| KeyError::Environment { name: name.clone() })?)
            }
            Self::Command(command) => run(command, COMMAND_TIMEOUT)?,
        };
        SealingKey::from_base64(&text).ok_or_else(|| KeyError::Malformed { key: self.to_string() })
    }
}

/// The file's text; nothing if there is no file.
fn read_key_file(path: &Path) -> Result<Option<Zeroizing<String>>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Of the open file, not of the path: what is checked is what is read.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(KEY_TEXT_MAX).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Writes a new key beside `path` and links it there: the file appears whole and durable or not at all, and of two processes that start
/// together one wins and the other takes the winner's key.
fn create_key_file(path: &Path) -> Result<SealingKey, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let key = SealingKey::generate();
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", uuid::Uuid::new_v4()));
    let beside = PathBuf::from(name);
    let placed = write_durably(&beside, &key).and_then(|()| place(&beside, path));
    let removed = match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    match placed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = read_key_file(path)?.ok_or_else(|| KeyError::Missing { path: path.to_owned() })?;
            return SealingKey::from_base64(&text)
                .ok_or_else(|| KeyError::Malformed { key: KeySource::File(path.to_owned()).to_string() });
        }
        other => other.and(removed).map_err(failed)?,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(key)
}

/// Gives the file its name, unless something has it already.
fn place(beside: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(beside, path) {
        // Some file systems have no links. There the last moment before the rename must do; the data folder's lock keeps others out.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => std::fs::rename(beside, path),
        other => other,
    }
}

fn write_durably(path: &Path, key: &SealingKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(KEY_FILE_MODE).open(path)?;
    // The mode above is cut by the process's mask; this is not.
    file.set_permissions(Permissions::from_mode(KEY_FILE_MODE))?;
    file.write_all(key.to_base64().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// What `command` prints, by the shell, with nothing to read and its complaints where ours go.
fn run(command: &str, timeout: Duration) -> Result<Zeroizing<String>, KeyError> {
    let failed = |error: io::Error| KeyError::Command { reason: error.to_string() };
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let ended = wait(&mut child, timeout).map_err(failed);
    if !matches!(ended, Ok(true)) {
        // It may have ended by itself in the meantime; what counts is that nobody is left behind.
        let _ = child.kill();
        let _ = child.wait();
        ended?;
        return Err(KeyError::Command { reason: format!("it did not end within {} seconds", timeout.as_secs()) });
    }
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(KeyError::Command { reason: status.to_string() });
    }
    let mut text = Zeroizing::new(String::new());
    let output = child.stdout.take().expect("the output was piped");
    output.take(KEY_TEXT_MAX).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Whether the child ended in time. A key fits into the pipe, so that a command which prints one never waits for a reader.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + timeout;
    while child.try_wait()?.is_none() {
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(COMMAND_POLL);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn load(setting: &str) -> Result<SealingKey, KeyError> {
        KeySource::parse(setting).load(false)
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        let source = KeySource::File(path.clone());
        let key = source.load(true).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(source.load(true).unwrap().expose(), key.expose());
        assert_eq!(
            create_key_file(&path).unwrap().expose(),
            key.expose(),
            "whoever comes second takes the first one's"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_missing_file_is_not_made_where_something_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        let error = KeySource::File(path.clone()).load(false).unwrap_err();
        assert!(matches!(error, KeyError::Missing { .. }), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        KeySource::File(path.clone()).load(true).unwrap();
        for exposed in [0o640, 0o604, 0o660, 0o644] {
            std::fs::set_permissions(&path, Permissions::from_mode(exposed)).unwrap();
            let message = KeySource::File(path.clone()).load(true).unwrap_err().to_string();
            assert!(message.contains(&format!("mode {exposed:04o}")) && message.contains("chmod 600"), "{message}");
        }
        std::fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        KeySource::File(path).load(true).unwrap();
    }

    #[test]
    fn a_file_with_something_else_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        write_durably(&path, &SealingKey::generate()).unwrap();
        std::fs::write(&path, "hunter2").unwrap();
        let message = KeySource::File(path).load(true).unwrap_err().to_string();
        assert!(message.contains("secrets.key") && !message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_command_prints_the_key() {
        let key = SealingKey::generate();
        let command = format!("command:echo '  {}  '", *key.to_base64());
        assert_eq!(load(&command).unwrap().expose(), key.expose());
        assert!(!format!("{:?}", KeySource::parse(&command)).contains(key.to_base64().as_str()));
    }

    #[test]
    fn a_command_that_fails_or_hangs_or_prints_something_else_is_told_apart() {
        assert!(load("command:exit 3").unwrap_err().to_string().contains("exit status: 3"));
        let message = load("command:echo hunter2").unwrap_err().to_string();
        assert!(message.contains("command") && !message.contains("hunter2"), "{message}");
        let error = run("exec sleep 600", Duration::from_millis(1)).unwrap_err();
        assert!(error.to_string().contains("did not end"), "{error}");
    }

    #[test]
    fn an_environment_variable_is_named_when_it_is_missing() {
        let message = load("env:SANGAM_TEST_NO_SUCH_KEY").unwrap_err().to_string();
        assert!(message.contains("`SANGAM_TEST_NO_SUCH_KEY`"), "{message}");
        // Set by every shell and by cargo, and no key.
        assert!(matches!(load("env:PATH").unwrap_err(), KeyError::Malformed { .. }));
    }

    #[test]
    fn a_setting_without_a_scheme_is_a_path() {
        assert_eq!(KeySource::parse("/a/b"), KeySource::File("/a/b".into()));
        assert_eq!(KeySource::parse("file:/a/b"), KeySource::File("/a/b".into()));
        assert_eq!(KeySource::parse("env:A"), KeySource::Env("A".into()));
    }
}
