//! The explicit map of people to e-mail addresses, for those whose privacy settings hide theirs: `usersAclS3FilePath`.
//!
//! One JSON object a line, `{"accountId": "712020:…", "email": "ada@example.com"}`; Data Center's people are named by `userKey` or
//! `userName` instead.

use std::collections::HashMap;

use sangam_sync::{SourceError, SyncHost};
use serde::Deserialize;

/// Largest file that is read: a line has about 100 bytes, so that 64 MB are more people than any site has.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The e-mail addresses of people, by any of their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserMap {
    emails: HashMap<String, Vec<String>>,
    /// Lines that say nothing.
    pub n_unreadable: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    account_id: Option<String>,
    user_key: Option<String>,
    user_name: Option<String>,
    email: String,
}

impl UserMap {
    /// Reads the file that a configuration names.
    ///
    /// # Errors
    /// [`SourceError::Configuration`] if the path is none or the file cannot be had: without it people would silently find less.
    pub(crate) async fn open(path: &str, host: &dyn SyncHost) -> Result<Self, SourceError> {
        let refused = |message: String| SourceError::Configuration { message, code: None };
        let (bucket, key) = path
            .trim()
            .strip_prefix("s3://")
            .and_then(|path| path.split_once('/'))
            .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
            .ok_or_else(|| refused(format!("`usersAclS3FilePath` is `{path}` and must be `s3://bucket/key`")))?;
        let bytes = host
            .file(bucket, key, FILE_BYTES_MAX)
            .await
            .map_err(|error| refused(format!("the file of `usersAclS3FilePath` cannot be read: {error}")))?;
        Ok(Self::parse(&bytes))
    }

    /// Reads JSON lines; those that are none, or name nobody, are counted and left out.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        for line in lines {
            let parsed = serde_json::from_slice::<Line>(line).ok();
            let Some(line) = parsed.filter(|line| line.email.contains('@')) else {
                map.n_unreadable += 1;
                continue;
            };
            let names = [line.account_id, line.user_key, line.user_name];
            let mut names = names.into_iter().flatten().filter(|name| !name.trim().is_empty()).peekable();
            map.n_unreadable += usize::from(names.peek().is_none());
            for name in names {
                map.emails.entry(sangam_access::fold(&name)).or_default().push(line.email.trim().to_owned());
            }
        }
        map
    }

    /// The addresses of the person who goes by `name`.
    pub(crate) fn emails_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.emails.get(&sangam_access::fold(name)).into_iter().flatten().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_any_of_their_names_and_lines_that_say_nothing_are_counted() {
        let file = concat!(
            "{\"accountId\": \"712020:A\", \"email\": \"ada@acme.example\"}\r\n",
            "\n",
            "{\"userName\": \"ben\", \"userKey\": \"8a7f\", \"email\": \" ben@acme.example \"}\n",
            "{\"email\": \"nobody@acme.example\"}\n",
            "{\"accountId\": \"x\", \"email\": \"\"}\n",
            "ada,ada@acme.example",
        );
        let map = UserMap::parse(file.as_bytes());
        assert_eq!(map.emails_of("712020:a").collect::<Vec<_>>(), ["ada@acme.example"]);
        assert_eq!(map.emails_of("BEN").collect::<Vec<_>>(), ["ben@acme.example"]);
        assert_eq!(map.emails_of("8a7f").count(), 1);
        assert_eq!(map.emails_of("x").count(), 0);
        assert_eq!(map.n_unreadable, 3);
    }
}
