//! What a declaration of a setting holds.

/// Who reads a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// `serve` and `demo`, and what opens the data folder.
    Server,
    /// The commands that speak to a server.
    Client,
    /// Both.
    Both,
}

/// What holds if a setting is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// This value, as it would be written.
    Value(&'static str),
    /// No value; the text says what that means.
    Absent(&'static str),
}

/// All about a setting except its type.
#[derive(Debug, Clone, Copy)]
pub struct Info {
    /// The name in `sangam.toml`; a dot stands for a table.
    pub key: &'static str,
    /// What it decides, in Markdown.
    pub doc: &'static str,
    /// What is accepted, as the end of "accepted is …".
    pub accepts: &'static str,
    /// What holds without it.
    pub fallback: Fallback,
    /// The first version that has it.
    pub since: &'static str,
    /// Who reads it.
    pub audience: Audience,
    /// Whether its value must never be shown, not even a wrong one.
    pub is_secret: bool,
    /// Whether it is left out of the reference: for tests only.
    pub is_hidden: bool,
}

impl Info {
    /// The environment variable: `confluence.api_url` is `SANGAM_CONFLUENCE__API_URL`.
    pub fn env_name(&self) -> String {
        format!("{ENV_PREFIX}{}", self.key.replace('.', "__").to_ascii_uppercase())
    }
}

/// What the names of our environment variables begin with.
pub(super) const ENV_PREFIX: &str = "SANGAM_";

/// A setting with its type.
#[derive(Debug, Clone, Copy)]
pub struct Declared<T: 'static> {
    /// All about it.
    pub info: Info,
    /// Turns what is written into a value; nothing if it is not accepted.
    pub parse: fn(&str) -> Option<T>,
}

#[cfg(test)]
mod tests {
    use crate::settings::table;

    #[test]
    fn a_dot_becomes_two_underscores() {
        assert_eq!(table::LISTEN.info.env_name(), "SANGAM_LISTEN");
        assert_eq!(table::CONFLUENCE_API_URL.info.env_name(), "SANGAM_CONFLUENCE__API_URL");
    }
}
