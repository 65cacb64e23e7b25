//! From a site in Cloud to one that its owner runs.

use std::collections::BTreeMap;

use super::{DataCenter, DcOptions, Hosting, SUPER_GROUP};
use crate::content::{Content, Kind, Restriction, Status};
use crate::people::{AccountStatus, AccountType, Credential, Group, GroupAccess};
use crate::site::Site;
use crate::space::{AccessClass, Permission, Subject};

impl Site {
    /// The same site as a Data Center, with the same ids.
    ///
    /// What exists only in Cloud becomes the next thing to it: folders, whiteboards, databases,
    /// embeds and live docs are pages, archived pages are current ones, guests, apps and customers
    /// are people who may use Confluence if a group of theirs may, closed accounts are inactive.
    /// Rows for classes of people become rows for the groups with that access, a personal space's
    /// key is its owner's user name, and whoever had credentials that see everything is in the
    /// group `confluence-administrators`. Groups are known by their names alone.
    #[must_use]
    pub fn into_data_center(mut self, options: DcOptions) -> Self {
        self.rows_for_roles();
        self.name_groups();
        self.plain_people();
        self.settings.base_url = options.base_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        for content in self.contents.values_mut() {
            self.shelf.remove(content);
            plain_content(content);
            self.shelf.add(content);
        }
        self.plain_spaces();
        self.hosting = Hosting::DataCenter(Box::new(DataCenter::new(options)));
        self
    }

    /// Gives every group its name for an id, in the lists that name it too.
    fn name_groups(&mut self) {
        let names: BTreeMap<String, String> =
            self.groups.values().map(|group| (group.id.clone(), group.name.clone())).collect();
        self.groups = std::mem::take(&mut self.groups)
            .into_values()
            .map(|group| (group.name.clone(), Group { id: group.name.clone(), ..group }))
            .collect();
        let named = |list: &mut Restriction| {
            list.groups = list.groups.iter().map(|id| names.get(id).unwrap_or(id).clone()).collect();
        };
        for content in self.contents.values_mut() {
            named(&mut content.read);
            named(&mut content.update);
        }
        for row in self.spaces.values_mut().flat_map(|space| &mut space.permissions) {
            if let Subject::Group(id) = &mut row.subject
                && let Some(name) = names.get(id)
            {
                id.clone_from(name);
            }
        }
    }

    fn plain_people(&mut self) {
        for user in self.users.values_mut() {
            user.account_type = AccountType::Atlassian;
            user.guest = false;
            if user.status == AccountStatus::Closed {
                user.status = AccountStatus::Inactive;
            }
        }
        let sees = |credential: &mut Credential| {
            std::mem::take(&mut credential.sees_everything).then(|| credential.account_id.clone())
        };
        let all_seeing: Vec<String> = self.credentials.iter_mut().filter_map(sees).collect();
        let group = self.groups.entry(SUPER_GROUP.to_owned()).or_insert_with(|| Group {
            id: SUPER_GROUP.to_owned(),
            name: SUPER_GROUP.to_owned(),
            members: [].into(),
            access: GroupAccess::SiteAdmin,
            deleted: false,
        });
        group.members.extend(all_seeing);
    }

    /// Whoever views a space by a role views it by a row.
    fn rows_for_roles(&mut self) {
        let mut rows = Vec::new();
        for space in self.spaces.values() {
            let has_row =
                |subject: &Subject| space.permissions.iter().any(|row| row.grants_view() && row.subject == *subject);
            rows.extend(self.viewing_subjects(space).filter(|it| !has_row(it)).map(|it| (space.id, it.clone())));
        }
        for (space, subject) in rows {
            let id = self.next_permission_id;
            self.next_permission_id += 1;
            let row = Permission { id, subject, operation: "read".to_owned(), target: "space".to_owned() };
            self.spaces.get_mut(&space).expect("its subjects were just read").permissions.push(row);
        }
        "PRE_ROLES".clone_into(&mut self.settings.role_mode);
    }

    fn plain_spaces(&mut self) {
        let users: Vec<String> = self.groups_with(|access| access != GroupAccess::None);
        let admins = self.groups_with(|access| matches!(access, GroupAccess::Admin | GroupAccess::SiteAdmin));
        for space in self.spaces.values_mut() {
            space.role_assignments.clear();
            if space.kind == "personal" {
                if let Some(owner) = self.users.get(&space.author) {
                    space.key = format!("~{}", owner.handle);
                }
            } else {
                "global".clone_into(&mut space.kind);
            }
            let rows = std::mem::take(&mut space.permissions);
            for row in rows {
                let groups = match row.subject {
                    Subject::Class(AccessClass::AllLicensedUsers | AccessClass::AuthenticatedUsers) => &users,
                    Subject::Class(AccessClass::AllProductAdmins) => &admins,
                    Subject::Class(AccessClass::JsmProjectAdmins) => continue,
                    _ => {
                        space.permissions.push(row);
                        continue;
                    }
                };
                space
                    .permissions
                    .extend(groups.iter().map(|id| Permission { subject: Subject::Group(id.clone()), ..row.clone() }));
            }
            let mut seen: Vec<Permission> = Vec::new();
            space.permissions.retain(|row| {
                let again = seen
                    .iter()
                    .any(|it| it.subject == row.subject && it.operation == row.operation && it.target == row.target);
                seen.push(row.clone());
                !again
            });
        }
    }

    fn groups_with(&self, wanted: impl Fn(GroupAccess) -> bool) -> Vec<String> {
        self.groups().filter(|group| wanted(group.access)).map(|group| group.id.clone()).collect()
    }
}

fn plain_content(content: &mut Content) {
    if content.kind.is_tree_node() {
        content.kind = Kind::Page { live: false };
    }
    content.adf_only = false;
    if content.status == Status::Archived {
        content.status = Status::Current;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_cloud_remains() {
        let site = Site::acme().into_data_center(DcOptions::default());
        let only_cloud = |kind: &Kind| match kind {
            Kind::Page { live } => *live,
            Kind::Folder | Kind::Whiteboard | Kind::Database | Kind::Embed { .. } => true,
            _ => false,
        };
        assert!(site.contents().all(|it| !only_cloud(&it.kind) && it.status != Status::Archived));
        assert!(site.everyone().all(|user| !user.guest && user.account_type == AccountType::Atlassian));
        let classes = site
            .spaces()
            .flat_map(|space| &space.permissions)
            .filter(|row| matches!(row.subject, Subject::Class(class) if class != AccessClass::AnonymousUsers));
        assert_eq!(classes.count(), 0);
        assert!(site.find_space("~cho").is_some());
        let crawler = site.find_user("crawler").unwrap();
        assert!(site.find_group(SUPER_GROUP).unwrap().members.contains(&crawler.account_id));
        let runbooks = site.find_titled("Runbooks").unwrap();
        assert_eq!(runbooks.read.groups, ["engineering".to_owned()].into());
    }

    #[test]
    fn a_row_for_a_class_and_one_for_its_group_are_one() {
        let site = Site::acme().into_data_center(DcOptions::default());
        let rows = &site.find_space("ENG").unwrap().permissions;
        let of_users = Subject::Group("confluence-users-acme".to_owned());
        assert_eq!(rows.iter().filter(|row| row.grants_view() && row.subject == of_users).count(), 1);
    }
}
