//! The demo's access key: the one that the settings give, or one that is made once and kept beside the demo's data, so that the next
//! start prints the same one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sangam_secrets::PresetKey;
use secrecy::SecretString;

use crate::failure::Failure;

/// The file in the demo's folder; readable by its owner only.
const FILE: &str = "demo.key";

/// The demo's access key.
pub(super) struct DemoKey {
    pub(super) id: String,
    pub(super) secret: SecretString,
    /// True if the settings give it: then it is somebody's own and not shown.
    pub(super) is_given: bool,
}

/// The key that the settings give, else the one in `folder`, made if there is none.
pub(super) fn of(preset: Option<&PresetKey>, folder: &Path) -> Result<DemoKey, Failure> {
    if let Some(preset) = preset {
        return Ok(DemoKey { id: preset.id.clone(), secret: preset.secret.clone(), is_given: true });
    }
    let path = folder.join(FILE);
    if let Ok(text) = std::fs::read_to_string(&path)
        && let Some((id, secret)) = text.trim().split_once(' ')
    {
        return Ok(DemoKey { id: id.to_owned(), secret: secret.to_owned().into(), is_given: false });
    }
    let random = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    let id = format!("AKIA{}", &random[..16]);
    let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), &uuid::Uuid::new_v4().simple().to_string()[..8]);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).map_err(|error| {
            Failure::failed(anyhow::Error::new(error).context("the demo's key could not be written"))
        })?;
    writeln!(file, "{id} {secret}").map_err(Failure::failed)?;
    Ok(DemoKey { id, secret: secret.into(), is_given: false })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_second_start_has_the_key_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = of(None, folder.path()).unwrap();
        let second = of(None, folder.path()).unwrap();
        assert_eq!(first.id, second.id);
        assert_eq!(first.secret.expose_secret(), second.secret.expose_secret());
        assert_eq!((first.id.len(), first.secret.expose_secret().len()), (20, 40));
    }

    #[test]
    fn a_key_of_the_settings_is_the_demos_and_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let preset = PresetKey { id: "AKIAMINE".into(), secret: "mine".to_owned().into() };
        assert_eq!(of(Some(&preset), folder.path()).unwrap().id, "AKIAMINE");
        assert!(!folder.path().join(FILE).exists());
    }
}
