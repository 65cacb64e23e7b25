//! Packages: zips whose members are the parts of one document. Checked before anything is unpacked, and bounded while it is.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::{MEMBER_BYTES_MAX, MEMBERS_MAX, RATIO_FROM_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX};
use crate::{ExtractError, MediaType};

/// An open package.
pub(crate) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    media_type: MediaType,
    /// Bytes that may still be unpacked, whatever the directory says.
    bytes_left: u64,
}

impl<'a> Package<'a> {
    /// Opens the package and checks what its directory says of its size.
    ///
    /// # Errors
    /// [`ExtractError::Corrupt`] without a directory, [`ExtractError::Expands`] for too many members or too large ones.
    pub(crate) fn open(bytes: &'a [u8], media_type: MediaType) -> Result<Self, ExtractError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| corrupt(media_type))?;
        let mut package = Self { zip, media_type, bytes_left: UNPACKED_BYTES_MAX };
        package.check(bytes.len() as u64)?;
        Ok(package)
    }

    fn check(&mut self, package_bytes: u64) -> Result<(), ExtractError> {
        if self.zip.len() > MEMBERS_MAX {
            return Err(self.expands(format!("{MEMBERS_MAX} members")));
        }
        // Members may overlap, so that only the sum of what they say bounds what they unpack to. Those that cannot be found are not read either.
        let sizes = (0..self.zip.len()).map(|at| self.zip.by_index_raw(at).map_or(0, |file| u128::from(file.size())));
        let unpacked: u128 = sizes.sum();
        if unpacked > u128::from(UNPACKED_BYTES_MAX) {
            return Err(self.expands(format!("{UNPACKED_BYTES_MAX} bytes")));
        }
        if unpacked > u128::from(RATIO_FROM_BYTES) && unpacked > u128::from(package_bytes * RATIO_MAX) {
            return Err(self.expands(format!("{RATIO_MAX} times its size")));
        }
        Ok(())
    }

    /// The member `name`, unpacked; `None` if there is no such member.
    ///
    /// # Errors
    /// [`ExtractError::Encrypted`], [`ExtractError::Expands`], and [`ExtractError::Corrupt`] if nothing of it can be unpacked: of a damaged
    /// member what comes before the damage is returned.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ExtractError> {
        let (limit, encrypted) = (self.bytes_left.min(MEMBER_BYTES_MAX), self.encrypted());
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => return Err(encrypted),
            Err(_) => return Err(corrupt(self.media_type)),
        };
        let mut content = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut content);
        if content.len() as u64 > limit {
            return Err(self.expands(format!("{MEMBER_BYTES_MAX} bytes in a part")));
        }
        self.bytes_left -= content.len() as u64;
        match read {
            Err(_) if content.is_empty() => Err(corrupt(self.media_type)),
            _ => Ok(Some(content)),
        }
    }

    /// The type that it was opened as.
    pub(crate) fn media_type(&self) -> MediaType {
        self.media_type
    }

    pub(crate) fn encrypted(&self) -> ExtractError {
        ExtractError::Encrypted { media_type: self.media_type.as_str().to_owned() }
    }

    fn expands(&self, limit: String) -> ExtractError {
        ExtractError::Expands { media_type: self.media_type.as_str().to_owned(), limit }
    }
}

/// The error for bytes of which nothing could be read as `media_type`.
pub(crate) fn corrupt(media_type: MediaType) -> ExtractError {
    ExtractError::Corrupt { media_type: media_type.as_str().to_owned() }
}
