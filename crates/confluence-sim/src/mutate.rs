//! What people do to a site between two crawls.
//!
//! Each method changes exactly what Confluence changes: an edit makes a version, a restriction, a
//! move, a label or a permission does not. People and groups can be named by any of their names.

mod custom;

use std::sync::Arc;

use crate::content::{Content, File, FileBytes, Kind, Label, Operation, Restriction, Status, Version};
use crate::error::SimError;
use crate::ids::{ContentId, stable_uuid};
use crate::people::{AccountStatus, Group, GroupAccess};
use crate::site::Site;
use crate::space::{Permission, SpaceStatus, Subject};

/// A piece of content about to be made.
#[derive(Debug, Clone)]
pub struct NewContent<'a> {
    /// What it shall be.
    pub kind: Kind,
    /// The key of the space.
    pub space: &'a str,
    /// The node above, or what is commented on or attached to; absent at the top of a space.
    pub parent: Option<ContentId>,
    /// The title; ignored for comments.
    pub title: &'a str,
    /// The body in storage format.
    pub body: &'a str,
    /// Who makes it.
    pub author: &'a str,
}

impl Site {
    /// Adds content of any kind and returns its id.
    pub fn add(&mut self, new: NewContent<'_>) -> Result<ContentId, SimError> {
        let space = self.find_space(new.space).ok_or_else(|| SimError::unknown("space", &new.space))?.id;
        let author = self.user_id(new.author)?;
        if self.is_data_center() && new.kind.is_tree_node() && !matches!(new.kind, Kind::Page { live: false }) {
            return Err(SimError::Refused(format!("a data center has no {}", new.kind.as_str())));
        }
        if self.is_data_center() && matches!(new.kind, Kind::Custom { .. }) {
            return Err(SimError::Refused("custom content of a data center is not simulated".to_owned()));
        }
        if let Some(parent) = new.parent {
            self.content(parent).ok_or_else(|| SimError::unknown("content", &parent))?;
        }
        let id = ContentId(self.next_content_id);
        self.next_content_id += 1;
        let now = self.now();
        let title = if new.kind.is_comment() { self.comment_title(new.parent) } else { new.title.to_owned() };
        self.insert(Content {
            id,
            kind: new.kind,
            space,
            parent: new.parent,
            title,
            body: new.body.to_owned(),
            adf_only: false,
            made_up: 0,
            status: Status::Current,
            labels: [].into(),
            read: Restriction::default(),
            update: Restriction::default(),
            version: Version { number: 1, created_at: now, author: author.clone(), minor_edit: false },
            created_at: now,
            author,
            position: id.0,
        });
        Ok(id)
    }

    /// Adds a page below `parent`, or at the top of the space.
    pub fn add_page(
        &mut self,
        space: &str,
        parent: Option<ContentId>,
        title: &str,
        body: &str,
        author: &str,
    ) -> Result<ContentId, SimError> {
        self.add(NewContent { kind: Kind::Page { live: false }, space, parent, title, body, author })
    }

    /// Adds a footer comment, or a reply when `on` is a comment.
    pub fn add_comment(&mut self, on: ContentId, body: &str, author: &str) -> Result<ContentId, SimError> {
        let space = self.space_key_of(on)?;
        self.add(NewContent { kind: Kind::FooterComment, space: &space, parent: Some(on), title: "", body, author })
    }

    /// Attaches a file to a page or blog post.
    pub fn add_attachment(
        &mut self,
        on: ContentId,
        name: &str,
        media_type: &str,
        bytes: &[u8],
        author: &str,
    ) -> Result<ContentId, SimError> {
        let space = self.space_key_of(on)?;
        let file = File {
            media_type: media_type.to_owned(),
            bytes: FileBytes::Real(Arc::from(bytes)),
            file_id: stable_uuid(&format!("{on}/{name}")),
            lost: false,
        };
        self.add(NewContent {
            kind: Kind::Attachment(file),
            space: &space,
            parent: Some(on),
            title: name,
            body: "",
            author,
        })
    }

    /// Uploads new bytes under the same name: the attachment's version moves, its page's does not.
    pub fn replace_attachment(&mut self, id: ContentId, bytes: &[u8]) -> Result<(), SimError> {
        let now = self.now();
        let content = self.content_mut(id)?;
        let Kind::Attachment(file) = &mut content.kind else {
            return Err(SimError::Refused(format!("content `{id}` is not an attachment")));
        };
        file.bytes = FileBytes::Real(Arc::from(bytes));
        content.version.number += 1;
        content.version.created_at = now;
        Ok(())
    }

    /// Saves a new body: version and date move, except for a live doc, whose version lags.
    pub fn edit(&mut self, id: ContentId, body: &str, by: &str) -> Result<(), SimError> {
        let (now, author) = (self.now(), self.user_id(by)?);
        let content = self.content_mut(id)?;
        body.clone_into(&mut content.body);
        content.made_up = 0;
        if !matches!(content.kind, Kind::Page { live: true }) {
            let number = content.version.number + 1;
            content.version = Version { number, created_at: now, author, minor_edit: false };
        }
        Ok(())
    }

    /// Renames: that is an edit of the same body.
    pub fn rename(&mut self, id: ContentId, title: &str, by: &str) -> Result<(), SimError> {
        let body = self.content_mut(id)?.storage().into_owned();
        self.edit(id, &body, by)?;
        title.clone_into(&mut self.content_mut(id)?.title);
        Ok(())
    }

    /// Replaces a restriction list; empty ones lift it. Version and date stay.
    pub fn restrict(
        &mut self,
        id: ContentId,
        operation: Operation,
        users: &[&str],
        groups: &[&str],
    ) -> Result<(), SimError> {
        let list = Restriction {
            users: users.iter().map(|who| self.user_id(who)).collect::<Result<_, _>>()?,
            groups: groups.iter().map(|which| self.group_id(which)).collect::<Result<_, _>>()?,
        };
        let summary = if list.is_empty() { "Content restriction removed" } else { "Content restriction added" };
        let content = self.content_mut(id)?;
        match operation {
            Operation::Read => content.read = list,
            Operation::Update => content.update = list,
        }
        let (title, space) = (content.title.clone(), content.space);
        let space = self.space(space).map(|space| space.name.clone()).unwrap_or_default();
        self.note("Permissions", summary, (&title, "Page"), &[(&space, "Space")]);
        Ok(())
    }

    /// Hangs a node, with all that is below it, under another one, in whatever space that is in.
    /// No version moves.
    pub fn move_under(&mut self, id: ContentId, parent: ContentId) -> Result<(), SimError> {
        let space = self.content(parent).ok_or_else(|| SimError::unknown("content", &parent))?.space;
        let below = self.subtree(id);
        if parent == id || below.contains(&parent) {
            return Err(SimError::Refused(format!("`{parent}` is `{id}` or below it")));
        }
        self.rehang(id, Some(parent))?;
        for moved in below.into_iter().chain([id]) {
            self.transfer(moved, space)?;
        }
        Ok(())
    }

    /// Deletes softly: the children move up to the deleted node's parent.
    pub fn trash(&mut self, id: ContentId) -> Result<(), SimError> {
        let parent = self.content(id).ok_or_else(|| SimError::unknown("content", &id))?.parent;
        for child in self.tree_children(id).iter().map(|node| node.id).collect::<Vec<_>>() {
            self.rehang(child, parent)?;
        }
        self.content_mut(id)?.status = Status::Trashed;
        Ok(())
    }

    /// Brings back from the trash or the archive, with its old dates.
    pub fn restore(&mut self, id: ContentId) -> Result<(), SimError> {
        self.content_mut(id)?.status = Status::Current;
        Ok(())
    }

    /// Archives one page; what is below it stays where it is. A Data Center archives spaces only.
    pub fn archive(&mut self, id: ContentId) -> Result<(), SimError> {
        if self.is_data_center() {
            return Err(SimError::Refused("a data center has no archived pages".to_owned()));
        }
        self.content_mut(id)?.status = Status::Archived;
        Ok(())
    }

    /// Deletes for good, with its comments, replies and attachments; child pages move up.
    pub fn purge(&mut self, id: ContentId) -> Result<(), SimError> {
        self.trash(id)?;
        for gone in self.subtree(id).into_iter().chain([id]) {
            self.rehang(gone, None)?;
            if let Some(gone) = self.contents.remove(&gone) {
                self.shelf.remove(&gone);
            }
            self.children.remove(&gone);
        }
        Ok(())
    }

    /// Adds a label in the `global` prefix. No version moves.
    pub fn add_label(&mut self, id: ContentId, name: &str) -> Result<(), SimError> {
        let label = Label { prefix: "global".to_owned(), name: name.to_owned() };
        self.content_mut(id)?.labels.insert(label);
        Ok(())
    }

    /// Puts somebody into a group.
    pub fn add_member(&mut self, group: &str, who: &str) -> Result<(), SimError> {
        let who = self.user_id(who)?;
        let name = self.users.get(&who).map(|user| user.display_name.clone()).unwrap_or_default();
        self.group_mut(group)?.members.insert(who);
        self.note("Users and groups", "User added to group", (&name, "User"), &[(group, "Group")]);
        Ok(())
    }

    /// Takes somebody out of a group.
    pub fn remove_member(&mut self, group: &str, who: &str) -> Result<(), SimError> {
        let who = self.user_id(who)?;
        let name = self.users.get(&who).map(|user| user.display_name.clone()).unwrap_or_default();
        self.group_mut(group)?.members.remove(&who);
        self.note("Users and groups", "User removed from group", (&name, "User"), &[(group, "Group")]);
        Ok(())
    }

    /// Makes an empty group and returns its id.
    pub fn add_group(&mut self, name: &str, access: GroupAccess) -> String {
        let id = if self.is_data_center() { name.to_owned() } else { stable_uuid(&format!("group/{name}")) };
        let group = Group { id: id.clone(), name: name.to_owned(), members: [].into(), access, deleted: false };
        self.groups.insert(id.clone(), group);
        id
    }

    /// Gives a group another name; its id stays. In a Data Center the name is the id, so lists and
    /// rows go on naming a group that is gone.
    pub fn rename_group(&mut self, group: &str, name: &str) -> Result<(), SimError> {
        if self.is_data_center() {
            return self.rename_in_directory(group, name);
        }
        name.clone_into(&mut self.group_mut(group)?.name);
        Ok(())
    }

    /// Changes what membership gives on the site.
    pub fn set_group_access(&mut self, group: &str, access: GroupAccess) -> Result<(), SimError> {
        self.group_mut(group)?.access = access;
        Ok(())
    }

    /// Deletes a group; restrictions that name it go on naming it, and nobody passes through it.
    pub fn delete_group(&mut self, group: &str) -> Result<(), SimError> {
        let name = self.group_mut(group)?.name.clone();
        self.group_mut(group)?.deleted = true;
        self.note("Users and groups", "Group deleted", (&name, "Group"), &[]);
        Ok(())
    }

    /// Deactivates, closes or reactivates an account; groups and restrictions go on naming it.
    pub fn set_user_status(&mut self, who: &str, status: AccountStatus) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        self.users.get_mut(&id).expect("user_id found it").status = status;
        Ok(())
    }

    /// Makes somebody a guest of the site, or a member like others.
    pub fn set_guest(&mut self, who: &str, guest: bool) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        self.users.get_mut(&id).expect("user_id found it").guest = guest;
        Ok(())
    }

    /// Erases an account: groups lose it, restrictions keep an id that the API no longer shows.
    pub fn delete_user(&mut self, who: &str) -> Result<(), SimError> {
        let id = self.user_id(who)?;
        self.users.remove(&id);
        for group in self.groups.values_mut() {
            group.members.remove(&id);
        }
        Ok(())
    }

    /// Gives `subject` (ids, not names) one more row in a space.
    pub fn grant(&mut self, space: &str, subject: Subject, operation: &str, target: &str) -> Result<(), SimError> {
        let id = self.next_permission_id;
        self.next_permission_id += 1;
        let row = Permission { id, subject, operation: operation.to_owned(), target: target.to_owned() };
        let space = self.space_mut(space)?;
        space.permissions.push(row);
        let name = space.name.clone();
        self.note("Permissions", "Space permission added", ("", ""), &[(&name, "Space")]);
        Ok(())
    }

    /// Takes every row of `subject` out of a space.
    pub fn revoke(&mut self, space: &str, subject: &Subject) -> Result<(), SimError> {
        let space = self.space_mut(space)?;
        space.permissions.retain(|row| row.subject != *subject);
        let name = space.name.clone();
        self.note("Permissions", "Space permission removed", ("", ""), &[(&name, "Space")]);
        Ok(())
    }

    /// Archives, trashes or brings back a space.
    pub fn set_space_status(&mut self, space: &str, status: SpaceStatus) -> Result<(), SimError> {
        self.space_mut(space)?.status = status;
        Ok(())
    }

    fn group_mut(&mut self, which: &str) -> Result<&mut Group, SimError> {
        let id = self.group_id(which)?;
        self.groups.get_mut(&id).ok_or_else(|| SimError::unknown("group", &which))
    }

    fn space_key_of(&self, id: ContentId) -> Result<String, SimError> {
        let content = self.content(id).ok_or_else(|| SimError::unknown("content", &id))?;
        let space = self.space(content.space).ok_or_else(|| SimError::unknown("space", &content.space))?;
        Ok(space.key.clone())
    }

    /// `Re:` and the title of what is finally commented on.
    pub(crate) fn comment_title(&self, on: Option<ContentId>) -> String {
        let anchor = on.and_then(|id| self.content(id)).and_then(|content| self.anchor(content));
        format!("Re: {}", anchor.map_or("", |content| content.title.as_str()))
    }
}
