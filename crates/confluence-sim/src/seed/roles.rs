//! Roles of the site's own, and who has which in a space.

use serde::Deserialize;

use super::build::Builder;
use crate::roles::RoleAssignment;
use crate::space::{AccessClass, Subject};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleSeed {
    name: String,
    id: Option<String>,
    #[serde(default)]
    may: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignmentSeed {
    user: Option<String>,
    group: Option<String>,
    class: Option<String>,
    role: String,
}

impl Builder {
    pub(super) fn role(&mut self, seed: RoleSeed) {
        if self.site.find_role(&seed.name).is_some() {
            self.problem(format!("role `{}`: there are two of them", seed.name));
        }
        let permissions: Vec<String> = seed.may.iter().map(|right| right.replacen(' ', "/", 1)).collect();
        if let Some(wrong) = permissions.iter().find(|right| !right.contains('/')) {
            self.problem(format!("role `{}`: `{wrong}` is not an operation and its target", seed.name));
        }
        let permissions: Vec<&str> = permissions.iter().map(String::as_str).collect();
        let made = self.site.add_role(&seed.name, &permissions);
        if let (Some(id), Some(role)) = (seed.id, self.site.roles.iter_mut().find(|role| role.id == made)) {
            role.id = id;
        }
    }

    /// The assignments of one space, without those that contradict the rest of the seed.
    pub(super) fn assignments(&mut self, place: &str, seeds: &[AssignmentSeed]) -> Vec<RoleAssignment> {
        seeds.iter().filter_map(|seed| self.assignment(place, seed)).collect()
    }

    fn assignment(&mut self, place: &str, seed: &AssignmentSeed) -> Option<RoleAssignment> {
        let role = self.site.find_role(&seed.role).map(|role| role.id.clone());
        if role.is_none() {
            self.problem(format!("{place}: unknown role `{}`", seed.role));
        }
        let subject = self.subject(place, seed.user.as_deref(), seed.group.as_deref(), seed.class.as_deref())?;
        Some(RoleAssignment { subject, role: role? })
    }

    /// The one subject that a row names.
    pub(super) fn subject(
        &mut self,
        place: &str,
        user: Option<&str>,
        group: Option<&str>,
        class: Option<&str>,
    ) -> Option<Subject> {
        match (user, group, class) {
            (Some(who), None, None) => self.user_id(place, who).map(Subject::User),
            (None, Some(which), None) => self.group_id(place, which).map(Subject::Group),
            (None, None, Some(class)) => {
                let found = AccessClass::parse(class);
                if found.is_none() {
                    self.problem(format!("{place}: unknown access class `{class}`"));
                }
                found.map(Subject::Class)
            }
            _ => {
                self.problem(format!("{place}: a permission names one of user, group or class"));
                None
            }
        }
    }
}
