//! The local stand-in for S3: `s3://bucket/key` is `<folder>/bucket/key`.

use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use sangam_api::kendra::S3Path;

/// Begins the name of a file that is being written; each writer has one of its own.
const PARTIAL: &str = ".partial-";

/// Why an object could not be read, written or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    /// The key does not stay in its bucket.
    #[error("the S3 key `{key}` leaves its bucket")]
    Outside {
        /// The key.
        key: String,
    },
    /// There is no such object.
    #[error("the S3 object `{bucket}/{key}` does not exist or cannot be read")]
    Missing {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// The object is too large.
    #[error("the S3 object `{bucket}/{key}` has more than {bytes_max} bytes")]
    TooLarge {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// What is allowed.
        bytes_max: usize,
    },
    /// The object could not be written.
    #[error("the S3 object `{bucket}/{key}` could not be written: {kind}")]
    NotWritten {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// What went wrong on the disk.
        kind: std::io::ErrorKind,
    },
}

/// The file of an object.
///
/// # Errors
/// [`S3Error::Outside`] for a key with `..`, an absolute one, or one with a NUL.
pub(crate) fn file(folder: &Path, path: &S3Path) -> Result<PathBuf, S3Error> {
    let stays = |text: &str| {
        !text.contains('\0')
            && !text.contains('\\')
            && Path::new(text).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    };
    if !stays(&path.bucket) || !stays(&path.key) {
        return Err(S3Error::Outside { key: path.key.clone() });
    }
    Ok(folder.join(&path.bucket).join(&path.key))
}

/// Reads the object `bucket`/`key` of at most `bytes_max` bytes from the folder that stands for S3.
///
/// # Errors
/// There is none, it is larger, or the key leaves its bucket.
pub async fn read_s3(folder: &Path, bucket: &str, key: &str, bytes_max: usize) -> Result<Vec<u8>, S3Error> {
    read(folder, &S3Path { bucket: bucket.to_owned(), key: key.to_owned() }, bytes_max).await
}

/// An object of the folder that stands for S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Object {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its size, in bytes.
    pub n_bytes: u64,
    /// When it was written, in milliseconds since 1970.
    pub written_at: i64,
}

/// Objects of the folder that stands for S3, by bucket and key: all of them if there are fewer than `n_max`, else that many. Links are left
/// out.
///
/// # Errors
/// The folder cannot be read.
pub async fn list_s3(folder: &Path, n_max: usize) -> std::io::Result<Vec<S3Object>> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || list_within(&folder, n_max)).await.map_err(std::io::Error::other)?
}

/// Writes the object `bucket`/`key` durably, in place of one that may be there.
///
/// # Errors
/// [`S3Error::Outside`], [`S3Error::NotWritten`].
pub async fn write_s3(
    folder: &Path,
    bucket: &str,
    key: &str,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<(), S3Error> {
    let path = S3Path { bucket: bucket.to_owned(), key: key.to_owned() };
    let (file, folder) = (plain_file(folder, &path)?, folder.to_owned());
    let bucket_folder = folder.join(bucket);
    let writing = tokio::task::spawn_blocking(move || write_within(&folder, &bucket_folder, &file, bytes.as_ref()));
    let failed = |kind| S3Error::NotWritten { bucket: path.bucket.clone(), key: path.key.clone(), kind };
    match writing.await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(S3Error::Outside { key: path.key }),
        Ok(Err(error)) => Err(failed(error.kind())),
        Err(_) => Err(failed(std::io::ErrorKind::Other)),
    }
}

/// Removes the object `bucket`/`key`.
///
/// # Errors
/// [`S3Error::Outside`], [`S3Error::Missing`].
pub async fn remove_s3(folder: &Path, bucket: &str, key: &str) -> Result<(), S3Error> {
    let path = S3Path { bucket: bucket.to_owned(), key: key.to_owned() };
    let (file, bucket_folder) = (plain_file(folder, &path)?, folder.join(bucket));
    let removing = tokio::task::spawn_blocking(move || -> std::io::Result<bool> {
        let parent = file.parent().unwrap_or(&bucket_folder).canonicalize()?;
        let is_within = parent.starts_with(bucket_folder.canonicalize()?);
        if is_within {
            std::fs::remove_file(&file)?;
        }
        Ok(is_within)
    });
    match removing.await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(S3Error::Outside { key: path.key }),
        Ok(Err(_)) | Err(_) => Err(S3Error::Missing { bucket: path.bucket, key: path.key }),
    }
}

/// The file of an object with a bucket and a key of ordinary names, as they are written.
fn plain_file(folder: &Path, path: &S3Path) -> Result<PathBuf, S3Error> {
    let is_plain = |text: &str| {
        let parts = Path::new(text).components().count();
        !text.is_empty() && !text.ends_with('/') && text.split('/').count() == parts && !text.starts_with("./")
    };
    if !is_plain(&path.bucket)
        || path.bucket.contains('/')
        || !is_plain(&path.key)
        || path.bucket == "."
        || is_partial(Path::new(&path.key))
    {
        return Err(S3Error::Outside { key: path.key.clone() });
    }
    file(folder, path)
}

/// Files below the folder, in whatever order the disk has them, and sorted at the end.
fn list_within(folder: &Path, n_max: usize) -> std::io::Result<Vec<S3Object>> {
    let mut objects = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop().filter(|_| objects.len() < n_max) {
        let entries = match std::fs::read_dir(&next) {
            Ok(entries) => entries.collect::<Result<Vec<_>, _>>()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let (kind, path) = (entry.file_type()?, entry.path());
            let name = path.strip_prefix(folder).ok().and_then(|name| name.to_str()).unwrap_or_default();
            match name.split_once('/') {
                _ if kind.is_dir() => folders.push(path),
                Some((bucket, key)) if kind.is_file() && !is_partial(&path) => {
                    let metadata = entry.metadata()?;
                    let written = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                    objects.push(S3Object {
                        bucket: bucket.to_owned(),
                        key: key.to_owned(),
                        n_bytes: metadata.len(),
                        written_at: i64::try_from(written.as_millis()).unwrap_or(i64::MAX),
                    });
                }
                _ => {}
            }
        }
    }
    objects.sort_by(|a, b| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)));
    objects.truncate(n_max);
    Ok(objects)
}

fn is_partial(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PARTIAL))
}

/// Writes beside the file and then in its place; returns false, and writes nothing, if its folder is not really in `bucket`.
fn write_within(folder: &Path, bucket: &Path, file: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    std::fs::create_dir_all(bucket)?;
    let (root, real_bucket) = (folder.canonicalize()?, bucket.canonicalize()?);
    let parent = file.parent().unwrap_or(bucket);
    // Before a folder is made: what there is of the way must not lead out of the bucket.
    let Some(nearest) = parent.ancestors().find(|above| above.exists()) else { return Ok(false) };
    if !real_bucket.starts_with(root) || !nearest.canonicalize()?.starts_with(&real_bucket) {
        return Ok(false);
    }
    std::fs::create_dir_all(parent)?;
    let partial = parent.join(format!("{PARTIAL}{}", uuid::Uuid::new_v4()));
    let mut written = std::fs::File::create_new(&partial)?;
    let done =
        written.write_all(bytes).and_then(|()| written.sync_all()).and_then(|()| std::fs::rename(&partial, file));
    if let Err(error) = done {
        // What is left of it is not listed either way.
        let _ = std::fs::remove_file(&partial);
        return Err(error);
    }
    std::fs::File::open(parent)?.sync_all()?;
    Ok(true)
}

/// Reads an object of at most `bytes_max` bytes.
///
/// # Errors
/// [`S3Error`]; a link that leads out of the bucket is [`S3Error::Outside`] too.
pub(crate) async fn read(folder: &Path, path: &S3Path, bytes_max: usize) -> Result<Vec<u8>, S3Error> {
    let missing = || S3Error::Missing { bucket: path.bucket.clone(), key: path.key.clone() };
    let file = file(folder, path)?;
    let bucket = folder.join(&path.bucket);
    let reading = tokio::task::spawn_blocking(move || read_within(&bucket, &file, bytes_max));
    match reading.await {
        Ok(Ok(Some(bytes))) if bytes.len() <= bytes_max => Ok(bytes),
        Ok(Ok(Some(_))) => Err(S3Error::TooLarge { bucket: path.bucket.clone(), key: path.key.clone(), bytes_max }),
        Ok(Ok(None)) => Err(S3Error::Outside { key: path.key.clone() }),
        Ok(Err(_)) | Err(_) => Err(missing()),
    }
}

/// Reads `file`, one byte more than `bytes_max` at most; nothing if it is not really in `bucket`.
fn read_within(bucket: &Path, file: &Path, bytes_max: usize) -> std::io::Result<Option<Vec<u8>>> {
    let (bucket, file) = (bucket.canonicalize()?, file.canonicalize()?);
    if !file.starts_with(&bucket) {
        return Ok(None);
    }
    // A pipe in the folder would block for ever.
    if !file.metadata()?.is_file() {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(key: &str) -> S3Path {
        S3Path { bucket: "bucket".into(), key: key.into() }
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("bucket/a")).unwrap();
        std::fs::write(folder.path().join("bucket/a/b.txt"), "hello").unwrap();
        std::fs::write(folder.path().join("outside.txt"), "no").unwrap();
        folder
    }

    #[tokio::test]
    async fn an_object_is_a_file_of_the_folder() {
        let folder = folder();
        assert_eq!(read(folder.path(), &path("a/b.txt"), 5).await.unwrap(), b"hello");
        assert!(matches!(read(folder.path(), &path("a/b.txt"), 4).await, Err(S3Error::TooLarge { .. })));
        assert!(matches!(read(folder.path(), &path("a"), 4).await, Err(S3Error::Missing { .. })));
        assert!(matches!(read(folder.path(), &path("z"), 4).await, Err(S3Error::Missing { .. })));
    }

    #[tokio::test]
    async fn a_key_cannot_leave_its_bucket() {
        let folder = folder();
        for key in ["../outside.txt", "/etc/hostname", "a/../../outside.txt", "a\0b", "..\\outside.txt"] {
            assert!(matches!(read(folder.path(), &path(key), 9).await, Err(S3Error::Outside { .. })), "{key:?}");
        }
    }

    #[tokio::test]
    async fn what_is_written_is_listed_read_and_removed() {
        let folder = folder();
        write_s3(folder.path(), "tls", "certs/wiki.pem", b"one").await.unwrap();
        write_s3(folder.path(), "tls", "certs/wiki.pem", b"two").await.unwrap();
        assert_eq!(read_s3(folder.path(), "tls", "certs/wiki.pem", 9).await.unwrap(), b"two");
        let listed = list_s3(folder.path(), 9).await.unwrap();
        let names: Vec<_> = listed.iter().map(|it| (it.bucket.as_str(), it.key.as_str(), it.n_bytes)).collect();
        assert_eq!(names, [("bucket", "a/b.txt", 5), ("tls", "certs/wiki.pem", 3)]);
        assert_eq!(list_s3(folder.path(), 1).await.unwrap().len(), 1);
        let two = [b"a", b"b"].map(|text| write_s3(folder.path(), "tls", "both", text.repeat(1 << 20)));
        let [one, other] = two;
        let (one, other) = tokio::join!(one, other);
        one.and(other).unwrap();
        let kept = read_s3(folder.path(), "tls", "both", 1 << 20).await.unwrap();
        assert!(kept.len() == 1 << 20 && kept.iter().all(|byte| *byte == kept[0]), "one of the two, and whole");
        remove_s3(folder.path(), "tls", "certs/wiki.pem").await.unwrap();
        let gone = remove_s3(folder.path(), "tls", "certs/wiki.pem").await;
        assert!(matches!(gone, Err(S3Error::Missing { .. })), "{gone:?}");
        assert_eq!(list_s3(&folder.path().join("none"), 9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn nothing_is_written_outside() {
        let folder = folder();
        let odd =
            [("b", "../x"), ("..", "x"), (".", "x"), ("a/b", "x"), ("b", "/x"), ("b", ""), ("", "x"), ("b", "x/")];
        for (bucket, key) in odd.into_iter().chain([("b", "a//b"), ("b", "./x"), ("b", "a/./b"), ("b", "a\0b")]) {
            let written = write_s3(folder.path(), bucket, key, Vec::new()).await;
            assert!(matches!(written, Err(S3Error::Outside { .. })), "{bucket:?} {key:?}: {written:?}");
            assert!(remove_s3(folder.path(), bucket, key).await.is_err(), "{bucket:?} {key:?}");
        }
        assert!(folder.path().join("outside.txt").exists());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nor_through_a_link() {
        let folder = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("bucket/link")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("linked")).unwrap();
        for (bucket, key) in [("bucket", "link/x"), ("bucket", "link/a/b/x"), ("linked", "x")] {
            let written = write_s3(folder.path(), bucket, key, b"no").await;
            assert!(matches!(written, Err(S3Error::Outside { .. })), "{bucket} {key}: {written:?}");
        }
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        assert_eq!(list_s3(folder.path(), 9).await.unwrap().len(), 1);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nor_can_a_link() {
        let folder = folder();
        std::os::unix::fs::symlink(folder.path().join("outside.txt"), folder.path().join("bucket/link")).unwrap();
        assert!(matches!(read(folder.path(), &path("link"), 9).await, Err(S3Error::Outside { .. })));
    }
}
