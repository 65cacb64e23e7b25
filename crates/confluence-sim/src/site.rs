//! The whole simulated site as plain data, and the ways to look things up in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::audit::AuditRecord;
use crate::content::Content;
use crate::dc::Hosting;
use crate::error::SimError;
use crate::ids::{ContentId, SpaceId};
use crate::people::{Credential, Group, GroupAccess, User};
use crate::roles::{Role, system_roles};
use crate::shelf::{self, Shelf};
use crate::space::Space;

/// Deeper trees than this are cycles; a walk that meets one gives up and denies.
pub(crate) const TREE_DEPTH_MAX: usize = 10_000;

/// What the answer to wrong credentials is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongCredentials {
    /// 401, always.
    Refuse,
    /// The anonymous view where the site has one, which real sites have been seen to do.
    Anonymous,
}

/// What an administrator sets for the whole site, and how this simulator plays it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The title of the site.
    pub name: String,
    /// The cloud id.
    pub cloud_id: String,
    /// The scheme and host that links show; absent: the address being served.
    pub base_url: Option<String>,
    /// The switch that lets spaces be opened to people who are not logged in.
    pub anonymous_access: bool,
    /// The site's time zone by name, as `systemInfo` shows it.
    pub time_zone: String,
    /// The offset with which dates in CQL are read, in minutes east of UTC.
    pub utc_offset_minutes: i32,
    /// `PRE_ROLES`, `ROLES_TRANSITION` or `ROLES`.
    pub role_mode: String,
    /// Whether `/space-roles` is missing although roles are in use, as seen on real sites.
    pub role_list_missing: bool,
    /// Whether the plan is paid for, so that there is an audit log.
    pub paid_plan: bool,
    /// Whether administrators can get keys that open everything.
    pub has_admin_keys: bool,
    /// How wrong credentials are answered.
    pub wrong_credentials: WrongCredentials,
    /// Whether `permission/check` knows the ids of folders, whiteboards, databases and embeds.
    pub checks_folders: bool,
    /// Content whose restriction lists show empty wherever many of them are shown at once, whatever they are:
    /// what stands behind those answers is stale. Asked for by itself each is told as it is.
    pub lists_empty_in_bulk: BTreeSet<ContentId>,
    /// Whether such a list shows empty even by itself. A Data Center's answer about everything that limits
    /// viewing a page is never stale.
    pub own_lists_stale_too: bool,
    /// The time that the site believes it is; absent: the real one.
    pub fixed_now: Option<Timestamp>,
}

/// A Confluence site: people, spaces, content, and who may see what.
///
/// Build one with [`Site::from_json`] or [`Site::demo`], change it with its methods, and put it
/// behind HTTP with [`crate::serve`].
#[derive(Debug, Clone)]
pub struct Site {
    /// Settings of the whole site.
    pub settings: Settings,
    /// Cloud, unless [`Site::into_data_center`] made it something else.
    pub hosting: Hosting,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) roles: Vec<Role>,
    pub(crate) spaces: BTreeMap<SpaceId, Space>,
    pub(crate) contents: BTreeMap<ContentId, Content>,
    pub(crate) audit: Vec<AuditRecord>,
    pub(crate) shelf: Shelf,
    /// Kept beside `contents` so that the children of one of 50,000 pages are found at once.
    pub(crate) children: BTreeMap<ContentId, BTreeSet<ContentId>>,
    pub(crate) next_content_id: u64,
    pub(crate) next_permission_id: u64,
    /// Another one whenever somebody was let in to change something.
    pub(crate) generation: u64,
}

impl Site {
    /// An empty site with these settings: nobody and nothing in it.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            hosting: Hosting::Cloud,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            credentials: Vec::new(),
            roles: system_roles(),
            spaces: BTreeMap::new(),
            contents: BTreeMap::new(),
            audit: Vec::new(),
            shelf: Shelf::default(),
            children: BTreeMap::new(),
            // Ids of Cloud are beyond what fits in 31 bits, which has broken clients before.
            next_content_id: 2_147_500_001,
            next_permission_id: 786_441,
            generation: 0,
        }
    }

    /// The time on the site's clock.
    pub fn now(&self) -> Timestamp {
        self.settings.fixed_now.unwrap_or_else(Timestamp::now)
    }

    /// Everyone with an account, in the order of account ids.
    pub fn everyone(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// All groups that exist, in the order of ids.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(|group| !group.deleted)
    }

    /// All spaces, trashed ones too, in the order of ids.
    pub fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.spaces.values()
    }

    /// All content of every kind and status, in the order of ids.
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        self.contents.values()
    }

    /// The credentials that calls can be made with; the first is the crawler's by custom.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// The user with this account id, handle or e-mail.
    pub fn find_user(&self, who: &str) -> Option<&User> {
        self.users
            .get(who)
            .or_else(|| self.users.values().find(|user| user.handle == who || user.email.eq_ignore_ascii_case(who)))
    }

    /// The group with this id or name, if it was not deleted.
    pub fn find_group(&self, which: &str) -> Option<&Group> {
        self.groups
            .get(which)
            .filter(|group| !group.deleted)
            .or_else(|| self.groups().find(|group| group.name == which))
    }

    /// The space with this key.
    pub fn find_space(&self, key: &str) -> Option<&Space> {
        self.spaces.values().find(|space| space.key.eq_ignore_ascii_case(key))
    }

    /// The space with this id.
    pub fn space(&self, id: SpaceId) -> Option<&Space> {
        self.spaces.get(&id)
    }

    /// The content with this id.
    pub fn content(&self, id: ContentId) -> Option<&Content> {
        self.contents.get(&id)
    }

    /// The first page, blog post or tree node with this title.
    pub fn find_titled(&self, title: &str) -> Option<&Content> {
        self.contents.values().find(|content| content.title == title && !content.kind.is_comment())
    }

    /// What hangs directly below: child nodes, comments and attachments, in the order of ids.
    pub fn children_of(&self, id: ContentId) -> impl Iterator<Item = &Content> {
        self.children.get(&id).into_iter().flatten().filter_map(|child| self.contents.get(child))
    }

    /// The same, from a place on.
    pub(crate) fn children_after(&self, id: ContentId, after: Option<ContentId>) -> impl Iterator<Item = &Content> {
        self.children_of(id).filter(move |child| after.is_none_or(|after| child.id > after))
    }

    /// All content of a kind, in one space or in all, from a place on, in the order of ids.
    pub(crate) fn shelved(
        &self,
        sort: shelf::Sort,
        space: Option<SpaceId>,
        after: Option<ContentId>,
    ) -> impl Iterator<Item = &Content> {
        self.shelf.ids(sort, space, after).filter_map(|id| self.contents.get(&id))
    }

    /// Puts content, without what hangs below it, into another space.
    pub(crate) fn transfer(&mut self, id: ContentId, space: SpaceId) -> Result<(), SimError> {
        let content = self.contents.get_mut(&id).ok_or_else(|| SimError::unknown("content", &id))?;
        self.shelf.remove(content);
        content.space = space;
        self.shelf.add(content);
        Ok(())
    }

    /// The child nodes of a node in the tree, in the order of their positions.
    pub fn tree_children(&self, id: ContentId) -> Vec<&Content> {
        let mut nodes: Vec<_> = self.children_of(id).filter(|child| child.kind.is_tree_node()).collect();
        nodes.sort_by_key(|node| (node.position, node.id));
        nodes
    }

    /// The nodes above, nearest first; `None` when one is missing or the tree runs in a circle.
    pub fn ancestors(&self, content: &Content) -> Option<Vec<&Content>> {
        let mut above = Vec::new();
        let mut next = content.parent;
        while let Some(id) = next {
            if above.len() >= TREE_DEPTH_MAX {
                return None;
            }
            let node = self.contents.get(&id)?;
            above.push(node);
            next = node.parent;
        }
        Some(above)
    }

    /// The page, blog post or node whose readers are the readers of `content`: itself, or what a
    /// comment, an attachment or custom content finally belongs to; custom content in a space is its
    /// own. `None` when the chain is broken.
    pub fn anchor<'a>(&'a self, content: &'a Content) -> Option<&'a Content> {
        let mut at = content;
        for _ in 0..TREE_DEPTH_MAX {
            if !at.is_contained() {
                return Some(at);
            }
            at = self.contents.get(&at.parent?)?;
        }
        None
    }

    /// The groups that somebody is in.
    pub fn groups_of<'a>(&'a self, account_id: &'a str) -> impl Iterator<Item = &'a Group> {
        self.groups().filter(move |group| group.members.contains(account_id))
    }

    /// Whether somebody is in a group that administers Confluence.
    pub fn is_admin(&self, account_id: &str) -> bool {
        self.groups_of(account_id).any(|group| matches!(group.access, GroupAccess::Admin | GroupAccess::SiteAdmin))
    }

    pub(crate) fn user_id(&self, who: &str) -> Result<String, SimError> {
        self.find_user(who).map(|user| user.account_id.clone()).ok_or_else(|| SimError::unknown("user", &who))
    }

    pub(crate) fn group_id(&self, which: &str) -> Result<String, SimError> {
        self.find_group(which).map(|group| group.id.clone()).ok_or_else(|| SimError::unknown("group", &which))
    }

    pub(crate) fn content_mut(&mut self, id: ContentId) -> Result<&mut Content, SimError> {
        self.contents.get_mut(&id).ok_or_else(|| SimError::unknown("content", &id))
    }

    pub(crate) fn space_mut(&mut self, key: &str) -> Result<&mut Space, SimError> {
        self.spaces
            .values_mut()
            .find(|space| space.key.eq_ignore_ascii_case(key))
            .ok_or_else(|| SimError::unknown("space", &key))
    }

    /// Puts `content` in its place in the tree.
    pub(crate) fn insert(&mut self, content: Content) {
        if let Some(parent) = content.parent {
            self.children.entry(parent).or_default().insert(content.id);
        }
        self.shelf.add(&content);
        self.contents.insert(content.id, content);
    }

    /// Hangs a node elsewhere, without touching anything else of it.
    pub(crate) fn rehang(&mut self, id: ContentId, parent: Option<ContentId>) -> Result<(), SimError> {
        let content = self.contents.get_mut(&id).ok_or_else(|| SimError::unknown("content", &id))?;
        if let Some(old) = std::mem::replace(&mut content.parent, parent)
            && let Some(siblings) = self.children.get_mut(&old)
        {
            siblings.remove(&id);
        }
        if let Some(new) = parent {
            self.children.entry(new).or_default().insert(id);
        }
        Ok(())
    }

    /// Everything below, at any depth, comments and attachments included, without `id` itself.
    pub(crate) fn subtree(&self, id: ContentId) -> Vec<ContentId> {
        let mut found = Vec::new();
        let mut open = vec![id];
        while let Some(at) = open.pop() {
            for child in self.children.get(&at).into_iter().flatten() {
                found.push(*child);
                open.push(*child);
            }
        }
        found
    }
}
