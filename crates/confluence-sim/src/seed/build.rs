//! From a parsed seed to a site, collecting every mistake on the way.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::data_center::Own;
use super::{CredentialSeed, Date, GroupSeed, ListSeed, PermissionSeed, SettingsSeed, SiteSeed, SpaceSeed, UserSeed};
use crate::content::Restriction;
use crate::error::SimError;
use crate::ids::{SpaceId, stable_uuid};
use crate::people::{AccountStatus, AccountType, Credential, CredentialKind, Group, GroupAccess, User};
use crate::site::{Settings, Site, WrongCredentials};
use crate::space::{Permission, Space, SpaceStatus};

/// The first date that is handed out to what has none: Monday, 5 January 2026, 09:00 UTC.
const FIRST_DATE_S: i64 = 1_767_603_600;

/// The next one comes so much later; an odd number, so that the minutes differ too.
const DATE_STEP_S: i64 = 37 * 60;

/// The site under construction.
pub(super) struct Builder {
    pub(super) site: Site,
    pub(super) problems: Vec<String>,
    pub(super) taken: BTreeSet<u64>,
    n_dates: i64,
    /// Whether people log in by user name, so that nobody needs an e-mail.
    by_username: bool,
}

pub(super) fn build(mut seed: SiteSeed) -> Result<Site, SimError> {
    let own = Own::take(&mut seed);
    let mut builder = Builder {
        site: Site::new(default_settings()),
        problems: Vec::new(),
        taken: BTreeSet::new(),
        n_dates: 0,
        by_username: own.is_wanted(),
    };
    builder.settings(seed.site);
    for user in seed.users {
        builder.user(user);
    }
    for group in seed.groups {
        builder.group(group);
    }
    for role in seed.roles {
        builder.role(role);
    }
    for credential in seed.credentials {
        builder.credential(credential);
    }
    builder.reserve_ids(&seed.spaces);
    for (nth, space) in seed.spaces.into_iter().enumerate() {
        builder.space(nth as u64, space);
    }
    // What people add later must not run into an id that the seed chose itself.
    let last = builder.taken.last().copied().unwrap_or(0);
    builder.site.next_content_id = builder.site.next_content_id.max(last + 1);
    own.host(builder)
}

pub(crate) fn default_settings() -> Settings {
    Settings {
        name: "Simulated Confluence".to_owned(),
        cloud_id: "1f2e3d4c-5b6a-4789-8abc-def012345678".to_owned(),
        base_url: None,
        anonymous_access: false,
        time_zone: "UTC".to_owned(),
        utc_offset_minutes: 0,
        role_mode: "PRE_ROLES".to_owned(),
        role_list_missing: false,
        paid_plan: true,
        has_admin_keys: true,
        wrong_credentials: WrongCredentials::Refuse,
        checks_folders: true,
        lists_empty_in_bulk: BTreeSet::new(),
        own_lists_stale_too: false,
        fixed_now: None,
    }
}

impl Builder {
    pub(super) fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    /// `value` found in `table`, the first row when absent; a problem that lists what is accepted.
    pub(super) fn choose<T: Copy>(&mut self, place: &str, value: Option<&str>, table: &[(&str, T)]) -> T {
        let Some(value) = value else { return table[0].1 };
        if let Some((_, found)) = table.iter().find(|(word, _)| *word == value) {
            return *found;
        }
        let accepted: Vec<_> = table.iter().map(|(word, _)| *word).collect();
        self.problem(format!("{place}: `{value}` is none of {}", accepted.join(", ")));
        table[0].1
    }

    pub(super) fn date(&mut self, given: Option<Date>) -> Timestamp {
        if let Some(Date(at)) = given {
            return at;
        }
        self.n_dates += 1;
        Timestamp::from_second(FIRST_DATE_S + self.n_dates * DATE_STEP_S)
            .expect("a few million minutes after 2026 is a date")
    }

    fn settings(&mut self, seed: SettingsSeed) {
        let wrong = [("refuse", WrongCredentials::Refuse), ("anonymous", WrongCredentials::Anonymous)];
        let wrong = self.choose("site.wrongCredentials", seed.wrong_credentials.as_deref(), &wrong);
        let modes = [("PRE_ROLES", "PRE_ROLES"), ("ROLES_TRANSITION", "ROLES_TRANSITION"), ("ROLES", "ROLES")];
        let mode = self.choose("site.roleMode", seed.role_mode.as_deref(), &modes);
        let settings = &mut self.site.settings;
        if let Some(name) = seed.name {
            settings.name = name;
        }
        if let Some(cloud_id) = seed.cloud_id {
            settings.cloud_id = cloud_id;
        }
        if let Some(time_zone) = seed.time_zone {
            settings.time_zone = time_zone;
        }
        settings.base_url = seed.base_url.map(|url| url.trim_end_matches('/').to_owned());
        settings.anonymous_access = seed.anonymous_access;
        settings.utc_offset_minutes = seed.utc_offset_minutes;
        settings.checks_folders = seed.checks_folders.unwrap_or(true);
        settings.paid_plan = seed.paid_plan.unwrap_or(true);
        settings.role_list_missing = seed.role_list_missing;
        settings.wrong_credentials = wrong;
        mode.clone_into(&mut settings.role_mode);
    }

    fn user(&mut self, seed: UserSeed) {
        let place = format!("user `{}`", seed.handle);
        let types =
            [("atlassian", AccountType::Atlassian), ("app", AccountType::App), ("customer", AccountType::Customer)];
        let account_type = self.choose(&place, seed.account_type.as_deref(), &types);
        let statuses = [
            ("active", AccountStatus::Active),
            ("inactive", AccountStatus::Inactive),
            ("closed", AccountStatus::Closed),
        ];
        let status = self.choose(&place, seed.status.as_deref(), &statuses);
        let account_id =
            seed.account_id.unwrap_or_else(|| format!("712020:{}", stable_uuid(&format!("user/{}", seed.handle))));
        let twice = self.site.users.contains_key(&account_id)
            || self.site.users.values().any(|user| user.handle == seed.handle);
        if twice {
            self.problem(format!("{place}: there are two of them"));
        }
        let user = User {
            account_id: account_id.clone(),
            handle: seed.handle,
            display_name: seed.name,
            email: seed.email,
            email_hidden: seed.email_hidden,
            account_type,
            status,
            guest: seed.guest,
        };
        self.site.users.insert(account_id, user);
    }

    fn group(&mut self, seed: GroupSeed) {
        let place = format!("group `{}`", seed.name);
        let accesses = [
            ("none", GroupAccess::None),
            ("user", GroupAccess::User),
            ("admin", GroupAccess::Admin),
            ("site-admin", GroupAccess::SiteAdmin),
        ];
        let access = self.choose(&place, seed.access.as_deref(), &accesses);
        let members = seed.members.iter().filter_map(|who| self.user_id(&place, who)).collect();
        let id = seed.id.unwrap_or_else(|| stable_uuid(&format!("group/{}", seed.name)));
        if self.site.find_group(&seed.name).is_some() || self.site.groups.contains_key(&id) {
            self.problem(format!("{place}: there are two of them"));
        }
        let group = Group { id: id.clone(), name: seed.name, members, access, deleted: false };
        self.site.groups.insert(id, group);
    }

    fn credential(&mut self, seed: CredentialSeed) {
        let place = format!("credential of `{}`", seed.user);
        let Some(account_id) = self.user_id(&place, &seed.user) else { return };
        let email = self.site.users[&account_id].email.clone();
        if email.is_empty() && !seed.service_account && !self.by_username {
            self.problem(format!("{place}: that user has no e-mail"));
        }
        let sees_everything = seed.sees_everything;
        let scopes = seed.scopes.map(BTreeSet::from_iter);
        let kind = match (scopes, seed.service_account) {
            (scopes, true) => CredentialKind::ServiceAccount { scopes: scopes.unwrap_or_default() },
            (Some(scopes), false) => CredentialKind::Scoped { scopes },
            (None, false) => CredentialKind::Unscoped,
        };
        self.site.credentials.push(Credential { email, token: seed.token, account_id, sees_everything, kind });
    }

    fn space(&mut self, nth: u64, seed: SpaceSeed) {
        let place = format!("space `{}`", seed.key);
        if self.site.find_space(&seed.key).is_some() {
            self.problem(format!("{place}: there are two of them"));
        }
        let statuses =
            [("current", SpaceStatus::Current), ("archived", SpaceStatus::Archived), ("trashed", SpaceStatus::Trashed)];
        let status = self.choose(&place, seed.status.as_deref(), &statuses);
        let author = self.author(&place, seed.author.as_deref());
        let created_at = self.date(seed.created);
        // Space ids of the fixtures lie in this range and this far apart.
        let id = SpaceId(seed.id.unwrap_or(65_538 + nth * 32_769));
        if self.site.spaces.contains_key(&id) {
            self.problem(format!("{place}: id `{id}` is taken"));
        }
        let permissions = seed.permissions.iter().flat_map(|row| self.permission(&place, row)).collect();
        let role_assignments = self.assignments(&place, &seed.roles);
        self.site.spaces.insert(
            id,
            Space {
                id,
                key: seed.key,
                name: seed.name,
                kind: seed.kind.unwrap_or_else(|| "global".to_owned()),
                status,
                homepage: None,
                description: seed.description,
                author,
                created_at,
                permissions,
                role_assignments,
            },
        );
        self.contents(id, &place, seed.pages, seed.blogs);
        self.custom_of_space(id, &place, seed.custom);
    }

    fn permission(&mut self, place: &str, seed: &PermissionSeed) -> Vec<Permission> {
        let (user, group, class) = (seed.user.as_deref(), seed.group.as_deref(), seed.class.as_deref());
        let subject = self.subject(place, user, group, class);
        let Some(subject) = subject else { return Vec::new() };
        let read = ["read space".to_owned()];
        let may = if seed.may.is_empty() { &read[..] } else { &seed.may };
        let mut rows = Vec::new();
        for right in may {
            let Some((operation, target)) = right.split_once(' ') else {
                self.problem(format!("{place}: `{right}` is not an operation and its target, like `read space`"));
                continue;
            };
            let id = self.site.next_permission_id;
            self.site.next_permission_id += 1;
            let (operation, target) = (operation.to_owned(), target.to_owned());
            rows.push(Permission { id, subject: subject.clone(), operation, target });
        }
        rows
    }

    /// The account id of `who`; a problem when there is no such person.
    pub(super) fn user_id(&mut self, place: &str, who: &str) -> Option<String> {
        let found = self.site.find_user(who).map(|user| user.account_id.clone());
        if found.is_none() {
            self.problem(format!("{place}: unknown user `{who}`"));
        }
        found
    }

    pub(super) fn group_id(&mut self, place: &str, which: &str) -> Option<String> {
        let found = self.site.find_group(which).map(|group| group.id.clone());
        if found.is_none() {
            self.problem(format!("{place}: unknown group `{which}`"));
        }
        found
    }

    /// The account id of an author; the first user of the site when none is named.
    pub(super) fn author(&mut self, place: &str, who: Option<&str>) -> String {
        match who {
            Some(who) => self.user_id(place, who).unwrap_or_default(),
            None => self.site.users.keys().next().cloned().unwrap_or_default(),
        }
    }

    pub(super) fn list(&mut self, place: &str, seed: &ListSeed) -> Restriction {
        Restriction {
            users: seed.users.iter().filter_map(|who| self.user_id(place, who)).collect(),
            groups: seed.groups.iter().filter_map(|which| self.group_id(place, which)).collect(),
        }
    }
}
