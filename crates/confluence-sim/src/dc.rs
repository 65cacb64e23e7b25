//! The other hosting: a Confluence that its owner runs.
//!
//! The site is the same plain data. What differs is who people are (user names and keys, groups by
//! name, groups in groups), what the rule of visibility says, and every byte on the wire.

mod convert;
mod groups;
mod visibility;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::error::SimError;
use crate::site::{Site, WrongCredentials};

pub(crate) use groups::user_key;
pub(crate) use visibility::DcViewer;

/// The group whose members see all content, whatever its restrictions, by exactly this name.
pub(crate) const SUPER_GROUP: &str = "confluence-administrators";

/// Who runs the site.
#[derive(Debug, Clone, Default)]
pub enum Hosting {
    /// Atlassian.
    #[default]
    Cloud,
    /// Its owner.
    DataCenter(Box<DataCenter>),
}

/// The versions that can be played, each with what it has and lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum DcVersion {
    /// 7.19: the old set, JSON-RPC for permissions, attachment ids without a prefix.
    V7_19,
    /// 8.5: `server-information` and `user/list`.
    V8_5,
    /// 9.2: `content/scan`, `relevantViewRestrictions`, permissions over REST.
    #[default]
    V9_2,
    /// 10.0: `extractedtext`, and links of pages as in Cloud.
    V10_0,
}

impl DcVersion {
    /// All of them, oldest first.
    pub const ALL: [Self; 4] = [Self::V7_19, Self::V8_5, Self::V9_2, Self::V10_0];

    /// The full number: `9.2.4`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V7_19 => "7.19.30",
            Self::V8_5 => "8.5.22",
            Self::V9_2 => "9.2.4",
            Self::V10_0 => "10.0.3",
        }
    }

    /// The number of the build, as `server-information` shows it.
    pub fn build_number(self) -> u32 {
        match self {
            Self::V7_19 => 8_804,
            Self::V8_5 => 9_012,
            Self::V9_2 => 9_111,
            Self::V10_0 => 9_401,
        }
    }

    /// The version that begins with `text`: `9.2` and `9.2.4` are the same.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| {
            let number = version.number();
            number == text || number.strip_prefix(text).is_some_and(|rest| rest.starts_with('.') && text.contains('.'))
        })
    }
}

/// What the old remote API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonRpc {
    /// What it is asked for.
    On,
    /// 403: the administrator switched it off.
    Off,
    /// 200 with a page that asks administrators for their password again.
    WebSudo,
}

/// How the mobile profile shows e-mail addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailVisibility {
    /// As they are.
    Public,
    /// `user at example dot com`, to everybody.
    Masked,
    /// As they are to administrators, empty to everybody else.
    AdminsOnly,
    /// Empty, to everybody.
    Hidden,
}

/// How a site becomes a Data Center.
#[derive(Debug, Clone)]
pub struct DcOptions {
    /// Which one it is.
    pub version: DcVersion,
    /// The path that it is installed at: `/confluence`, or empty. Fixed while it is served.
    pub context_path: String,
    /// What `_links.base` shows, context path included; absent: the served address. Its owner may
    /// have configured another one than the crawler uses.
    pub base_url: Option<String>,
    /// Whether members of a group in a group count as members of both.
    pub nested_groups: bool,
    /// Whether `/group/{name}/member` lists members of nested groups too.
    pub members_flattened: bool,
    /// The remote API; absent: on before 9.2, off from there on.
    pub json_rpc: Option<JsonRpc>,
    /// How e-mail addresses show.
    pub emails: EmailVisibility,
    /// What a bearer token that has expired or never was amounts to: real servers degrade it to
    /// nobody where the site is open to the public, and answer 200.
    pub bad_tokens: WrongCredentials,
    /// Whether a login page stands before everything, answering 200.
    pub sso_login: bool,
    /// Whether answers tell of a budget of calls.
    pub rate_headers: bool,
    /// Whether the container lets `%2F` through in a path; most answer 400.
    pub slash_in_paths: bool,
}

impl Default for DcOptions {
    fn default() -> Self {
        Self {
            version: DcVersion::default(),
            context_path: "/confluence".to_owned(),
            base_url: None,
            nested_groups: true,
            members_flattened: false,
            json_rpc: None,
            emails: EmailVisibility::Public,
            bad_tokens: WrongCredentials::Refuse,
            sso_login: false,
            rate_headers: false,
            slash_in_paths: false,
        }
    }
}

/// What a site has besides when it is a Data Center.
#[derive(Debug, Clone)]
pub struct DataCenter {
    /// The switches; all but the context path may be changed while it is served.
    pub options: DcOptions,
    /// People with the global right to use Confluence besides the groups that have it.
    pub(crate) can_use: BTreeSet<String>,
    /// The groups in a group, by name.
    pub(crate) child_groups: BTreeMap<String, BTreeSet<String>>,
    pub(crate) expired_tokens: BTreeSet<String>,
    /// When tokens end that do.
    pub(crate) token_ends: BTreeMap<String, Timestamp>,
    /// Accounts that have to solve a puzzle in the browser first.
    pub(crate) captcha: BTreeSet<String>,
}

impl DataCenter {
    fn new(options: DcOptions) -> Self {
        Self {
            options,
            can_use: BTreeSet::new(),
            child_groups: BTreeMap::new(),
            expired_tokens: BTreeSet::new(),
            token_ends: BTreeMap::new(),
            captcha: BTreeSet::new(),
        }
    }

    /// What the remote API answers now.
    pub fn json_rpc(&self) -> JsonRpc {
        let usual = if self.options.version < DcVersion::V9_2 { JsonRpc::On } else { JsonRpc::Off };
        self.options.json_rpc.unwrap_or(usual)
    }
}

impl Site {
    /// What makes this site a Data Center; `None` in Cloud.
    pub fn data_center(&self) -> Option<&DataCenter> {
        match &self.hosting {
            Hosting::DataCenter(dc) => Some(dc),
            Hosting::Cloud => None,
        }
    }

    /// The same, to turn its switches.
    pub fn data_center_mut(&mut self) -> Option<&mut DataCenter> {
        match &mut self.hosting {
            Hosting::DataCenter(dc) => Some(dc),
            Hosting::Cloud => None,
        }
    }

    pub(crate) fn is_data_center(&self) -> bool {
        self.data_center().is_some()
    }

    fn dc_mut(&mut self) -> Result<&mut DataCenter, SimError> {
        self.data_center_mut().ok_or_else(|| SimError::Refused("the site is in Cloud".to_owned()))
    }

    /// Lets a token's time be up. Data Center only.
    pub fn expire_token(&mut self, token: &str) -> Result<(), SimError> {
        self.dc_mut()?.expired_tokens.insert(token.to_owned());
        Ok(())
    }

    /// Sets when a token will end, which its owner is told; [`Site::expire_token`] ends it. Data Center only.
    pub fn set_token_end(&mut self, token: &str, at: Timestamp) -> Result<(), SimError> {
        self.dc_mut()?.token_ends.insert(token.to_owned(), at);
        Ok(())
    }

    /// Asks somebody for a puzzle at the next Basic login, as after wrong passwords. Data Center only.
    pub fn require_captcha(&mut self, who: &str) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        self.dc_mut()?.captcha.insert(id);
        Ok(())
    }

    /// Lets somebody log in again who had to solve a puzzle. Data Center only.
    pub fn clear_captcha(&mut self, who: &str) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        self.dc_mut()?.captcha.remove(&id);
        Ok(())
    }

    /// Gives one person the global right to use Confluence, or takes it. Data Center only.
    pub fn set_can_use(&mut self, who: &str, can_use: bool) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        let people = &mut self.dc_mut()?.can_use;
        if can_use {
            people.insert(id)
        } else {
            people.remove(&id)
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_by_its_first_two_numbers() {
        assert_eq!(DcVersion::parse("9.2"), Some(DcVersion::V9_2));
        assert_eq!(DcVersion::parse("10.0.3"), Some(DcVersion::V10_0));
        assert_eq!(DcVersion::parse("9"), None);
        assert_eq!(DcVersion::parse("9.1"), None);
    }
}
