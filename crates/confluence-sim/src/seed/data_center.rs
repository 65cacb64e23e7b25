//! The part of a seed that makes the site a Data Center.

use serde::Deserialize;

use super::SiteSeed;
use super::build::Builder;
use crate::dc::{DcOptions, DcVersion, EmailVisibility, JsonRpc};
use crate::error::SimError;
use crate::site::{Site, WrongCredentials};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DataCenterSeed {
    version: Option<String>,
    context_path: Option<String>,
    nested_groups: Option<bool>,
    #[serde(default)]
    members_flattened: bool,
    json_rpc: Option<String>,
    emails: Option<String>,
    bad_tokens: Option<String>,
    #[serde(default)]
    sso_login: bool,
    #[serde(default)]
    rate_headers: bool,
    #[serde(default)]
    slash_in_paths: bool,
}

/// What only a Data Center has of a seed.
pub(super) struct Own {
    options: Option<DataCenterSeed>,
    /// A group, and the groups in it, by name.
    nesting: Vec<(String, Vec<String>)>,
    can_use: Vec<String>,
}

impl Own {
    pub(super) fn take(seed: &mut SiteSeed) -> Self {
        let groups = seed.groups.iter_mut().filter(|group| !group.groups.is_empty());
        Self {
            options: seed.site.data_center.take(),
            nesting: groups.map(|group| (group.name.clone(), std::mem::take(&mut group.groups))).collect(),
            can_use: seed.users.iter().filter(|user| user.can_use).map(|user| user.handle.clone()).collect(),
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.options.is_some()
    }

    /// The finished site as what its seed says that it is.
    pub(super) fn host(self, mut builder: Builder) -> Result<Site, SimError> {
        let options = self.options.map(|seed| builder.data_center(seed));
        if options.is_none() && !(self.nesting.is_empty() && self.can_use.is_empty()) {
            builder.problem("groups in groups and `canUse` need site.dataCenter".to_owned());
        }
        let Builder { mut site, mut problems, .. } = builder;
        if let Some(options) = options {
            site = site.into_data_center(options);
            let nested = self.nesting.iter().flat_map(|(parent, children)| children.iter().map(move |it| (parent, it)));
            for (parent, child) in nested {
                if let Err(error) = site.nest_group(parent, child) {
                    problems.push(format!("group `{parent}`: {error}"));
                }
            }
            for handle in &self.can_use {
                site.set_can_use(handle, true)?;
            }
        }
        if problems.is_empty() { Ok(site) } else { Err(SimError::SeedContent(problems)) }
    }
}

impl Builder {
    fn data_center(&mut self, seed: DataCenterSeed) -> DcOptions {
        let usual = DcOptions::default();
        let version = seed.version.as_deref().map_or(Some(usual.version), DcVersion::parse).unwrap_or_else(|| {
            let known: Vec<&str> = DcVersion::ALL.into_iter().map(DcVersion::number).collect();
            self.problem(format!("site.dataCenter.version: none of {}", known.join(", ")));
            usual.version
        });
        let context_path = seed.context_path.unwrap_or(usual.context_path);
        let context_path = context_path.trim_end_matches('/').to_owned();
        if !context_path.is_empty() && !context_path.starts_with('/') {
            self.problem(format!("site.dataCenter.contextPath: `{context_path}` does not begin with a slash"));
        }
        let moods = [("on", Some(JsonRpc::On)), ("off", Some(JsonRpc::Off)), ("websudo", Some(JsonRpc::WebSudo))];
        let json_rpc = match seed.json_rpc.as_deref() {
            None => None,
            given => self.choose("site.dataCenter.jsonRpc", given, &moods),
        };
        let emails = [
            ("public", EmailVisibility::Public),
            ("masked", EmailVisibility::Masked),
            ("admins", EmailVisibility::AdminsOnly),
            ("hidden", EmailVisibility::Hidden),
        ];
        let emails = self.choose("site.dataCenter.emails", seed.emails.as_deref(), &emails);
        let bad = [("refuse", WrongCredentials::Refuse), ("anonymous", WrongCredentials::Anonymous)];
        let bad_tokens = self.choose("site.dataCenter.badTokens", seed.bad_tokens.as_deref(), &bad);
        DcOptions {
            version,
            context_path,
            base_url: self.site.settings.base_url.clone(),
            nested_groups: seed.nested_groups.unwrap_or(usual.nested_groups),
            members_flattened: seed.members_flattened,
            json_rpc,
            emails,
            bad_tokens,
            sso_login: seed.sso_login,
            rate_headers: seed.rate_headers,
            slash_in_paths: seed.slash_in_paths,
        }
    }
}
