//! The simulator's own rule of who may see what.
//!
//! It is written from Confluence's documentation and shares no code with the product, so that a
//! test can ask both and believe the answer when they agree. Keep it short enough to be read.
//!
//! ```text
//! can_read = may use the site  AND  may view the space
//!        AND every view list of the anchor and of its ancestors is empty or names the reader
//!        AND the content is in a readable state
//! ```

use std::collections::BTreeSet;

use crate::content::{Content, Restriction, Status};
use crate::dc::DcViewer;
use crate::ids::{ContentId, SpaceId};
use crate::people::{AccountStatus, AccountType, GroupAccess};
use crate::site::Site;
use crate::space::{AccessClass, Space, SpaceStatus, Subject};

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader<'a> {
    /// Somebody who is not logged in.
    Anonymous,
    /// The account with this id; an unknown id reads what is public.
    User(&'a str),
}

/// What an account amounts to on this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Has Confluence.
    Licensed,
    /// Is let into single spaces, and into what is open to the public.
    Guest,
    /// Logged in without a licence: only what is open to the public.
    Unlicensed,
    /// Nobody in particular: not logged in, deactivated, or an app.
    Public,
}

/// A reader with everything worked out that does not depend on the document.
pub(crate) struct Viewer<'s> {
    site: &'s Site,
    standing: Standing,
    account: &'s str,
    groups: BTreeSet<&'s str>,
    admin: bool,
}

impl<'s> Viewer<'s> {
    pub(crate) fn new(site: &'s Site, reader: Reader<'_>) -> Self {
        let mut viewer = Self { site, standing: Standing::Public, account: "", groups: BTreeSet::new(), admin: false };
        let Reader::User(id) = reader else { return viewer };
        let Some(user) = site.users.get(id) else { return viewer };
        if user.status != AccountStatus::Active || user.account_type == AccountType::App {
            return viewer;
        }
        viewer.account = &user.account_id;
        viewer.groups = site.groups_of(&user.account_id).map(|group| group.id.as_str()).collect();
        viewer.admin = site.is_admin(&user.account_id);
        let product = site.groups_of(&user.account_id).any(|group| group.access != GroupAccess::None);
        viewer.standing = match (user.guest, user.account_type) {
            (true, _) => Standing::Guest,
            (false, AccountType::Atlassian) if product => Standing::Licensed,
            _ => Standing::Unlicensed,
        };
        viewer
    }

    /// Whether a call in this person's name gets past the door at all.
    pub(crate) fn may_use_site(&self) -> bool {
        match self.standing {
            Standing::Licensed | Standing::Guest => true,
            Standing::Unlicensed | Standing::Public => self.site.settings.anonymous_access,
        }
    }

    pub(crate) fn views_space(&self, space: &Space) -> bool {
        space.status != SpaceStatus::Trashed && self.site.viewing_subjects(space).any(|subject| self.is(subject))
    }

    fn is(&self, subject: &Subject) -> bool {
        let member = matches!(self.standing, Standing::Licensed | Standing::Guest);
        match subject {
            Subject::User(id) => member && id == self.account,
            Subject::Group(id) => member && self.groups.contains(id.as_str()),
            Subject::Class(AccessClass::AllLicensedUsers) => self.standing == Standing::Licensed,
            Subject::Class(AccessClass::AllProductAdmins) => self.standing == Standing::Licensed && self.admin,
            Subject::Class(AccessClass::JsmProjectAdmins) => false,
            Subject::Class(AccessClass::AuthenticatedUsers) => self.standing != Standing::Public,
            // Guests and unlicensed people get in even where the site's switch is off.
            Subject::Class(AccessClass::AnonymousUsers) => {
                self.site.settings.anonymous_access || matches!(self.standing, Standing::Guest | Standing::Unlicensed)
            }
        }
    }

    fn passes(&self, list: &Restriction) -> bool {
        list.is_empty()
            || (matches!(self.standing, Standing::Licensed | Standing::Guest)
                && (list.users.contains(self.account)
                    || list.groups.iter().any(|group| self.groups.contains(group.as_str()))))
    }

    /// Space and restrictions, whatever the state of the content.
    pub(crate) fn passes_layers(&self, content: &Content) -> bool {
        let Some(anchor) = self.site.anchor(content) else { return false };
        let Some(above) = self.site.ancestors(anchor) else { return false };
        self.site.space(anchor.space).is_some_and(|space| self.views_space(space))
            && self.passes(&anchor.read)
            && above.iter().all(|node| self.passes(&node.read))
    }

    pub(crate) fn reads(&self, content: &Content) -> bool {
        self.site.is_readable_state(content) && self.passes_layers(content)
    }
}

impl Site {
    /// Whether `reader` may see this content. False for what does not exist.
    pub fn can_read(&self, reader: Reader<'_>, id: ContentId) -> bool {
        self.content(id).is_some_and(|content| {
            if self.is_data_center() {
                return DcViewer::new(self, reader).reads(content);
            }
            Viewer::new(self, reader).reads(content)
        })
    }

    /// Whether `reader` may see that this space exists. False for what does not exist.
    pub fn can_view_space(&self, reader: Reader<'_>, id: SpaceId) -> bool {
        self.space(id).is_some_and(|space| {
            if self.is_data_center() {
                return DcViewer::new(self, reader).views_space(space);
            }
            Viewer::new(self, reader).views_space(space)
        })
    }

    /// Whether content, and the page it belongs to, are neither deleted nor drafts.
    pub(crate) fn is_readable_state(&self, content: &Content) -> bool {
        let readable = |status| matches!(status, Status::Current | Status::Archived);
        let mut at = content;
        while at.is_contained() {
            let Some(parent) = at.parent.and_then(|id| self.content(id)) else { return false };
            if !readable(at.status) {
                return false;
            }
            at = parent;
        }
        readable(at.status)
    }

    /// Whether a whole group passes the space and every restriction, as `permission/check` has it
    /// for a subject of type `group`.
    pub(crate) fn group_can_read(&self, group: &str, content: &Content) -> bool {
        let Some(group) = self.find_group(group) else { return false };
        let Some(anchor) = self.anchor(content) else { return false };
        let Some(above) = self.ancestors(anchor) else { return false };
        let Some(space) = self.space(anchor.space) else { return false };
        let by_row = |subject: &Subject| match subject {
            Subject::Group(id) => *id == group.id,
            Subject::Class(AccessClass::AllLicensedUsers) => group.access != GroupAccess::None,
            Subject::Class(AccessClass::AnonymousUsers) => self.settings.anonymous_access,
            Subject::User(_) | Subject::Class(_) => false,
        };
        let passes = |list: &Restriction| list.is_empty() || list.groups.contains(&group.id);
        self.is_readable_state(content)
            && space.status != SpaceStatus::Trashed
            && self.viewing_subjects(space).any(by_row)
            && passes(&anchor.read)
            && above.iter().all(|node| passes(&node.read))
    }
}
