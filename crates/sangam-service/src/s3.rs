//! The local stand-in for S3: `s3://bucket/key` is `<folder>/bucket/key`.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use sangam_api::kendra::S3Path;

/// Why an object could not be read.
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

    #[cfg(unix)]
    #[tokio::test]
    async fn nor_can_a_link() {
        let folder = folder();
        std::os::unix::fs::symlink(folder.path().join("outside.txt"), folder.path().join("bucket/link")).unwrap();
        assert!(matches!(read(folder.path(), &path("link"), 9).await, Err(S3Error::Outside { .. })));
    }
}
