//! The one file that says which vector files count. It is also the record of the engine's last
//! complete commit, text included.
//!
//! ```text
//! {"version":1,"batch_id":7,"has_text":true,"dimensions":384,"fingerprint":"…","next_id":12,"segments":[9,11],"dead":"0000000011.dead"}
//! <CRC32C of the line above, eight hexadecimal digits>
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files;
use crate::error::EngineError;

/// The file's name.
const FILE_NAME: &str = "manifest.json";

/// The layout described above.
const VERSION: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    version: u32,
    /// The last complete commit of the engine.
    pub(super) batch_id: Option<u64>,
    /// Whether there ever was a commit with text, so that the loss of the text is noticed.
    pub(super) has_text: bool,
    /// 0 as long as there was never a model.
    pub(super) dimensions: usize,
    pub(super) fingerprint: String,
    /// The number that the next file gets.
    pub(super) next_id: u64,
    /// The files that count.
    pub(super) segments: Vec<u64>,
    /// The file that lists their deleted rows, if there are any.
    pub(super) dead: Option<String>,
}

impl Manifest {
    pub(super) fn new(dimensions: usize, fingerprint: &str) -> Self {
        Self { version: VERSION, dimensions, fingerprint: fingerprint.to_owned(), ..Self::default() }
    }

    pub(super) fn path(dir: &Path) -> PathBuf {
        dir.join(FILE_NAME)
    }

    /// Reads the manifest of a folder; `None` if there is none.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, EngineError> {
        let path = Self::path(dir);
        if !path.try_exists().map_err(|error| EngineError::io(&path, error))? {
            return Ok(None);
        }
        let bytes = files::read(&path)?;
        let manifest =
            Self::decode(&bytes).map_err(|reason| EngineError::Corrupt { file: path, reason: reason.to_owned() })?;
        Ok(Some(manifest))
    }

    fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not text")?;
        let (json, checksum) = text.split_once('\n').ok_or("it has no checksum")?;
        if checksum.trim_end() != format!("{:08x}", crc32c::crc32c(json.as_bytes())) {
            return Err("its checksum does not fit");
        }
        let manifest: Self = serde_json::from_str(json).map_err(|_| "it has unknown content")?;
        if manifest.version != VERSION {
            return Err("its version is not known");
        }
        Ok(manifest)
    }

    fn encode(&self) -> Vec<u8> {
        let json = serde_json::to_string(self).expect("numbers and strings are always JSON");
        format!("{json}\n{:08x}\n", crc32c::crc32c(json.as_bytes())).into_bytes()
    }

    /// Puts this manifest in place of the one in the folder, durably.
    pub(super) fn write(&self, dir: &Path, before_rename: impl FnOnce()) -> Result<(), EngineError> {
        files::replace(&Self::path(dir), &self.encode(), before_rename)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            batch_id: Some(7),
            has_text: true,
            next_id: 12,
            segments: vec![9, 11],
            dead: Some("0000000011.dead".to_owned()),
            ..Manifest::new(384, "mini-int8")
        }
    }

    #[test]
    fn a_manifest_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), None);
        manifest().write(dir.path(), || ()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), Some(manifest()));
    }

    #[test]
    fn damage_and_truncation_are_noticed() {
        let good = manifest().encode();
        for at in 0..good.len() - 1 {
            let mut bytes = good.clone();
            bytes[at] ^= 2;
            assert!(Manifest::decode(&bytes).is_err(), "byte {at}");
            assert!(Manifest::decode(&good[..at]).is_err(), "{at} bytes");
        }
    }
}
