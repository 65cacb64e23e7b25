//! The rule of visibility of a Data Center, written from its documentation, like its twin for Cloud.
//!
//! ```text
//! can_read = may view the space: a row names the reader, who may use Confluence,
//!            or a row for everybody while the site is open to everybody
//!        AND every view list of the anchor and of its ancestors is empty or names the reader
//!        AND the content is in a readable state
//! ```
//!
//! Being in `confluence-administrators` opens everything to a *call*, and nothing to a reader of
//! search results: that is [`DcViewer::sees_all`], which only the HTTP side asks.

use std::collections::BTreeSet;

use super::SUPER_GROUP;
use crate::content::{Content, Restriction};
use crate::people::{AccountStatus, GroupAccess};
use crate::site::Site;
use crate::space::{AccessClass, Space, SpaceStatus, Subject};
use crate::visibility::Reader;

/// A reader with everything worked out that does not depend on the document.
pub(crate) struct DcViewer<'s> {
    site: &'s Site,
    account: &'s str,
    groups: BTreeSet<&'s str>,
    /// Whether the person is active and has the global right to use Confluence.
    can_use: bool,
}

impl<'s> DcViewer<'s> {
    pub(crate) fn new(site: &'s Site, reader: Reader<'_>) -> Self {
        let mut viewer = Self { site, account: "", groups: BTreeSet::new(), can_use: false };
        let Reader::User(id) = reader else { return viewer };
        let Some(user) = site.users.get(id).filter(|user| user.status == AccountStatus::Active) else { return viewer };
        viewer.account = &user.account_id;
        viewer.groups = site.effective_groups(&user.account_id);
        let by_group = |id: &&str| site.groups.get(*id).is_some_and(|group| group.access != GroupAccess::None);
        viewer.can_use = viewer.groups.iter().any(by_group)
            || site.data_center().is_some_and(|dc| dc.can_use.contains(viewer.account));
        viewer
    }

    /// Whether the person has a licence.
    pub(crate) fn can_use(&self) -> bool {
        self.can_use
    }

    /// Whether calls in this person's name see everything.
    pub(crate) fn sees_all(&self) -> bool {
        self.groups.contains(SUPER_GROUP)
    }

    /// Whether the person administers Confluence.
    pub(crate) fn is_admin(&self) -> bool {
        self.site.administers(&self.groups)
    }

    /// Whether a row gives the space to administer to this person.
    pub(crate) fn administers_space(&self, space: &Space) -> bool {
        let rows = space.permissions.iter().filter(|row| row.operation == "administer" && row.target == "space");
        self.is_admin() || rows.into_iter().any(|row| self.is(&row.subject))
    }

    pub(crate) fn views_space(&self, space: &Space) -> bool {
        space.status != SpaceStatus::Trashed
            && space.permissions.iter().filter(|row| row.grants_view()).any(|row| self.is(&row.subject))
    }

    fn is(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(id) => self.can_use && id == self.account,
            Subject::Group(name) => self.can_use && self.groups.contains(name.as_str()),
            Subject::Class(AccessClass::AnonymousUsers) => self.site.settings.anonymous_access,
            // No other class exists here.
            Subject::Class(_) => false,
        }
    }

    fn passes(&self, list: &Restriction) -> bool {
        list.is_empty()
            || (self.can_use
                && (list.users.contains(self.account)
                    || list.groups.iter().any(|id| self.groups.contains(id.as_str()))))
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
