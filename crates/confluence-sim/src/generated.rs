//! Large sites, made up in the shape of real ones, for benches: the same numbers always give the
//! same site. Texts are made at the moment they are asked for, so that memory holds only facts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::content::{Content, File, FileBytes, Kind, Label, Restriction, Status, Version};
use crate::ids::{ContentId, SpaceId, stable_uuid};
use crate::people::{AccountStatus, AccountType, Credential, CredentialKind, Group, GroupAccess, User};
use crate::seed::default_settings;
use crate::site::Site;
use crate::space::{AccessClass, Permission, Space, SpaceStatus, Subject};

/// The e-mail and the token that a generated site is crawled with.
pub const GENERATED_CRAWLER: (&str, &str) = ("crawler@farm.example", "farm-token");

/// The first second of the generated world: Monday, 5 January 2026, 09:00 UTC.
const FIRST_S: i64 = 1_767_603_600;

/// How large a generated site is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Pages over all spaces, homes included.
    pub n_pages: usize,
    /// Words of a page's text.
    pub words_per_page: u32,
    /// Spaces; pages are spread over them evenly.
    pub n_spaces: usize,
    /// People, besides the crawler.
    pub n_users: usize,
    /// Groups, besides the one of all people.
    pub n_groups: usize,
    /// Levels of the tree below a space's home.
    pub depth: usize,
    /// Of 1,000 pages so many have a view list of their own.
    pub restricted_per_mille: u64,
    /// Of 1,000 pages so many have a comment.
    pub comments_per_mille: u64,
    /// Of 1,000 pages so many have an attachment.
    pub attachments_per_mille: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            n_pages: 1_000,
            words_per_page: 300,
            n_spaces: 20,
            n_users: 200,
            n_groups: 40,
            depth: 8,
            restricted_per_mille: 50,
            comments_per_mille: 500,
            attachments_per_mille: 350,
        }
    }
}

impl Site {
    /// A site of this shape. Who crawls it is [`GENERATED_CRAWLER`].
    pub fn generated(shape: &Shape) -> Self {
        let mut farm = Farm { site: Self::new(default_settings()), shape: *shape, users: Vec::new(), n_made: 0 };
        farm.people();
        let n_spaces = shape.n_spaces.max(1);
        for nth in 0..n_spaces {
            let n_pages = shape.n_pages / n_spaces + usize::from(nth < shape.n_pages % n_spaces);
            farm.space(nth, n_pages);
        }
        farm.site
    }
}

struct Farm {
    site: Site,
    shape: Shape,
    users: Vec<String>,
    n_made: u64,
}

impl Farm {
    fn people(&mut self) {
        self.user("crawler");
        for nth in 0..self.shape.n_users {
            self.user(&format!("user{nth:04}"));
        }
        let (email, token) = (GENERATED_CRAWLER.0.to_owned(), GENERATED_CRAWLER.1.to_owned());
        let account_id = self.users[0].clone();
        let kind = CredentialKind::Unscoped;
        self.site.credentials.push(Credential { email, token, account_id, sees_everything: true, kind });
        self.group("everybody", GroupAccess::User, self.users.iter().cloned().collect());
        self.group("administrators", GroupAccess::Admin, [self.users[0].clone()].into());
        for nth in 0..self.shape.n_groups {
            // Everybody is in three groups or so.
            let members =
                self.users.iter().enumerate().filter(|(at, _)| spread(*at as u64, nth as u64).is_multiple_of(13));
            let members = members.map(|(_, id)| id.clone()).collect();
            self.group(&format!("team{nth:02}"), GroupAccess::None, members);
        }
    }

    fn user(&mut self, handle: &str) {
        let account_id = format!("712020:{}", stable_uuid(&format!("user/{handle}")));
        self.users.push(account_id.clone());
        let user = User {
            account_id: account_id.clone(),
            handle: handle.to_owned(),
            display_name: format!("Person {handle}"),
            email: format!("{handle}@farm.example"),
            email_hidden: false,
            account_type: AccountType::Atlassian,
            status: AccountStatus::Active,
            guest: false,
        };
        self.site.users.insert(account_id, user);
    }

    fn group(&mut self, name: &str, access: GroupAccess, members: BTreeSet<String>) {
        let id = stable_uuid(&format!("group/{name}"));
        let group = Group { id: id.clone(), name: name.to_owned(), members, access, deleted: false };
        self.site.groups.insert(id, group);
    }

    fn space(&mut self, nth: usize, n_pages: usize) {
        let id = SpaceId(65_538 + nth as u64 * 32_769);
        // Every third space is for a few teams only.
        let subjects = if nth % 3 == 2 {
            (0..4).map(|step| Subject::Group(team((nth * 5 + step * 7) % self.shape.n_groups.max(1)))).collect()
        } else {
            vec![Subject::Class(AccessClass::AllLicensedUsers)]
        };
        let permissions = subjects.into_iter().map(|subject| self.permission(subject)).collect();
        self.site.spaces.insert(
            id,
            Space {
                id,
                key: format!("S{nth:02}"),
                name: format!("Space {nth:02}"),
                kind: "global".to_owned(),
                status: SpaceStatus::Current,
                homepage: None,
                description: Some(format!("The {nth}th space of a generated site")),
                author: self.users[0].clone(),
                created_at: time(0),
                permissions,
                role_assignments: Vec::new(),
            },
        );
        // The last page made on each level is the parent of what comes next below it.
        let mut path: Vec<ContentId> = Vec::new();
        for at in 0..n_pages {
            let level = if at == 0 { 0 } else { 1 + spread(at as u64, 7) as usize % self.shape.depth.max(1) };
            path.truncate(level);
            let page = self.page(id, path.last().copied());
            if path.is_empty()
                && let Some(space) = self.site.spaces.get_mut(&id)
            {
                space.homepage = Some(page);
            }
            path.push(page);
        }
    }

    fn permission(&mut self, subject: Subject) -> Permission {
        let id = self.site.next_permission_id;
        self.site.next_permission_id += 1;
        Permission { id, subject, operation: "read".to_owned(), target: "space".to_owned() }
    }

    fn page(&mut self, space: SpaceId, parent: Option<ContentId>) -> ContentId {
        let n = self.n_made;
        let is = |salt: u64, per_mille: u64| spread(n, salt) % 1_000 < per_mille;
        let shape = self.shape;
        let title = title(n);
        let id = self.content(space, parent, Kind::Page { live: false }, title, shape.words_per_page);
        if is(1, shape.restricted_per_mille) && parent.is_some() {
            let groups = [team(spread(n, 2) as usize % shape.n_groups.max(1))].into();
            let users = [self.someone(spread(n, 3))].into();
            self.change(id, |content| content.read = Restriction { users, groups });
        }
        if is(4, 300) {
            let name = format!("label{}", spread(n, 5) % 50);
            self.change(id, |content| _ = content.labels.insert(Label { prefix: "global".to_owned(), name }));
        }
        if is(6, shape.comments_per_mille) {
            self.content(space, Some(id), Kind::FooterComment, format!("Re: page {n}"), 20);
        }
        if is(8, shape.attachments_per_mille) {
            let file = File {
                media_type: "text/plain".to_owned(),
                bytes: FileBytes::Generated(2_000),
                file_id: stable_uuid(&format!("file/{n}")),
                lost: false,
            };
            self.content(space, Some(id), Kind::Attachment(file), format!("notes-{n}.txt"), 0);
        }
        id
    }

    fn content(
        &mut self,
        space: SpaceId,
        parent: Option<ContentId>,
        kind: Kind,
        title: String,
        n_words: u32,
    ) -> ContentId {
        let id = ContentId(self.site.next_content_id);
        self.site.next_content_id += 1;
        self.n_made += 1;
        let author = self.someone(spread(self.n_made, 9));
        let created_at = time(self.n_made);
        self.site.insert(Content {
            id,
            kind,
            space,
            parent,
            title,
            body: String::new(),
            adf_only: false,
            made_up: n_words,
            status: Status::Current,
            labels: BTreeSet::new(),
            read: Restriction::default(),
            update: Restriction::default(),
            version: Version { number: 1, created_at, author: author.clone(), minor_edit: false },
            created_at,
            author,
            position: id.0,
        });
        id
    }

    fn change(&mut self, id: ContentId, change: impl FnOnce(&mut Content)) {
        if let Some(content) = self.site.contents.get_mut(&id) {
            change(content);
        }
    }

    fn someone(&self, number: u64) -> String {
        self.users[number as usize % self.users.len()].clone()
    }
}

fn team(nth: usize) -> String {
    stable_uuid(&format!("group/team{nth:02}"))
}

/// Half a minute apart.
fn time(nth: u64) -> Timestamp {
    Timestamp::from_second(FIRST_S + nth as i64 * 30).expect("a few million minutes after 2026 is a date")
}

/// A number that looks random and depends on nothing else (the finalizer of SplitMix64).
pub(crate) fn spread(n: u64, salt: u64) -> u64 {
    let mut x = n.wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const BEGINNINGS: [&str; 24] = [
    "bat", "cor", "del", "fen", "gar", "hol", "jun", "kel", "lam", "mor", "nor", "pal", "quin", "ros", "sal", "tam",
    "ul", "vor", "wes", "xan", "yor", "zel", "bri", "cla",
];
const ENDINGS: [&str; 24] = [
    "ter", "ding", "mont", "ley", "son", "ford", "wick", "ton", "mere", "gate", "bury", "field", "stone", "brook",
    "hurst", "dale", "combe", "worth", "minster", "stead", "port", "bridge", "well", "ham",
];

fn word(number: u64, out: &mut String) {
    out.push_str(BEGINNINGS[(number % 24) as usize]);
    out.push_str(ENDINGS[(number / 24 % 24) as usize]);
}

fn title(n: u64) -> String {
    let mut title = format!("Page {n} ");
    word(spread(n, 11), &mut title);
    title
}

/// So many words in paragraphs of forty, the same for the same id. The first one is the id's own.
pub(crate) fn storage(id: ContentId, n_words: u32) -> String {
    let mut out = String::with_capacity(n_words as usize * 9 + 64);
    for nth in 0..u64::from(n_words) {
        if nth % 40 == 0 {
            out.push_str(if nth == 0 { "<p>" } else { "</p><p>" });
        } else {
            out.push(' ');
        }
        if nth == 0 {
            let _ = write!(out, "mark{}", id.0);
        } else {
            // One look at the numbers gives four words.
            word(spread(id.0, nth / 4) >> (nth % 4 * 12) & 0xfff, &mut out);
        }
    }
    if n_words > 0 {
        out.push_str("</p>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_shape_is_the_same_site() {
        let shape = Shape { n_pages: 300, ..Shape::default() };
        let facts = |site: &Site| -> Vec<String> {
            site.contents()
                .map(|it| format!("{} {:?} {} {:?} {}", it.id, it.parent, it.title, it.read, it.storage()))
                .collect()
        };
        assert_eq!(facts(&Site::generated(&shape)), facts(&Site::generated(&shape)));
    }

    #[test]
    fn it_has_the_shape_that_was_asked_for() {
        let site = Site::generated(&Shape { n_pages: 5_000, ..Shape::default() });
        let count = |is: &dyn Fn(&Content) -> bool| site.contents().filter(|it| is(it)).count();
        assert_eq!(count(&|it| matches!(it.kind, Kind::Page { .. })), 5_000);
        assert_eq!((site.spaces().count(), site.everyone().count(), site.groups().count()), (20, 201, 42));
        for (n, expected) in [
            (count(&|it| it.kind.is_comment()), 2_500),
            (count(&|it| matches!(it.kind, Kind::Attachment(_))), 1_750),
            (count(&|it| !it.read.is_empty()), 250),
        ] {
            assert!(n.abs_diff(expected) < expected / 5, "{n} instead of {expected}");
        }
        let depth = site.contents().filter_map(|it| site.ancestors(it)).map(|above| above.len()).max();
        assert!((7..=9).contains(&depth.unwrap()), "{depth:?}");
        let home = site.spaces().next().unwrap().homepage.unwrap();
        let text = crate::documents::without_tags(&site.content(home).unwrap().storage());
        assert_eq!(text.split_whitespace().count(), 300);
        assert!(text.contains(&format!("mark{home}")) && site.content(home).unwrap().body.is_empty());
    }
}
