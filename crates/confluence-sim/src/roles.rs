//! Roles: named sets of permissions that are assigned in a space, the newer of the two systems.
//!
//! Which system counts is the site's mode: permission rows, roles, or both while it changes over.

use crate::error::SimError;
use crate::ids::stable_uuid;
use crate::site::Site;
use crate::space::{Space, Subject};

/// The permission without which a role lets nobody view.
const VIEW: &str = "read/space";

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The identity, a UUID.
    pub id: String,
    /// The name, unique on the site.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it comes with every site.
    pub system: bool,
    /// Ids of permissions: operation and target, like `read/space`.
    pub permissions: Vec<String>,
}

impl Role {
    /// Whether the role lets its holders view the space.
    pub fn grants_view(&self) -> bool {
        self.permissions.iter().any(|permission| permission == VIEW)
    }
}

/// A role given to somebody in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Who.
    pub subject: Subject,
    /// The id of the role.
    pub role: String,
}

/// The roles that every site has.
pub(crate) fn system_roles() -> Vec<Role> {
    let table: [(u8, &str, &str, &[&str]); 4] = [
        (1, "Viewer", "Can view and comment", &[VIEW, "create/comment"]),
        (
            2,
            "Collaborator",
            "Can create and edit",
            &[VIEW, "create/page", "create/blogpost", "create/comment", "create/attachment"],
        ),
        (
            3,
            "Manager",
            "Can manage content",
            &[VIEW, "create/page", "delete/page", "restrict_content/space", "archive/page"],
        ),
        (4, "Admin", "Full access to the space", &[VIEW, "administer/space"]),
    ];
    table
        .into_iter()
        .map(|(nth, name, description, permissions)| Role {
            id: format!("0a1b2c3d-1111-4aaa-8bbb-00000000000{nth}"),
            name: name.to_owned(),
            description: description.to_owned(),
            system: true,
            permissions: permissions.iter().map(|permission| (*permission).to_owned()).collect(),
        })
        .collect()
}

impl Site {
    /// All roles, those of every site first.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role with this id or name.
    pub fn find_role(&self, which: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == which || role.name == which)
    }

    /// Makes a role of the site's own and returns its id; permissions as `read/space`.
    pub fn add_role(&mut self, name: &str, permissions: &[&str]) -> String {
        let id = stable_uuid(&format!("role/{name}"));
        self.roles.push(Role {
            id: id.clone(),
            name: name.to_owned(),
            description: String::new(),
            system: false,
            permissions: permissions.iter().map(|permission| (*permission).to_owned()).collect(),
        });
        id
    }

    /// Changes what a role may do, for everyone who has it.
    pub fn set_role_permissions(&mut self, role: &str, permissions: &[&str]) -> Result<(), SimError> {
        let id = self.role_id(role)?;
        let role = self.roles.iter_mut().find(|known| known.id == id).expect("role_id found it");
        role.permissions = permissions.iter().map(|permission| (*permission).to_owned()).collect();
        Ok(())
    }

    /// Deletes a role; what was given by it is gone.
    pub fn delete_role(&mut self, role: &str) -> Result<(), SimError> {
        let id = self.role_id(role)?;
        self.roles.retain(|known| known.id != id);
        for space in self.spaces.values_mut() {
            space.role_assignments.retain(|row| row.role != id);
        }
        Ok(())
    }

    /// Gives `subject` (ids, not names) a role in a space.
    pub fn assign_role(&mut self, space: &str, subject: Subject, role: &str) -> Result<(), SimError> {
        let role = self.role_id(role)?;
        let rows = &mut self.space_mut(space)?.role_assignments;
        let row = RoleAssignment { subject, role };
        if !rows.contains(&row) {
            rows.push(row);
        }
        Ok(())
    }

    /// Takes every role in a space from `subject`.
    pub fn unassign_roles(&mut self, space: &str, subject: &Subject) -> Result<(), SimError> {
        self.space_mut(space)?.role_assignments.retain(|row| row.subject != *subject);
        Ok(())
    }

    /// Everyone whom a space is opened to, by the system that counts on this site.
    pub(crate) fn viewing_subjects<'a>(&'a self, space: &'a Space) -> impl Iterator<Item = &'a Subject> {
        let mode = self.settings.role_mode.as_str();
        let (rows, roles) = (mode != "ROLES", mode != "PRE_ROLES");
        let by_rows = space.permissions.iter().filter(move |row| rows && row.grants_view()).map(|row| &row.subject);
        let by_roles = space
            .role_assignments
            .iter()
            .filter(move |row| roles && self.find_role(&row.role).is_some_and(Role::grants_view))
            .map(|row| &row.subject);
        by_rows.chain(by_roles)
    }

    fn role_id(&self, which: &str) -> Result<String, SimError> {
        self.find_role(which).map(|role| role.id.clone()).ok_or_else(|| SimError::unknown("role", &which))
    }
}
