//! Access by roles, which sites are moving to: whether a site has them, and what they add to the permission rows of a space.
//!
//! On the way both systems count. At its end the rows stay readable and say the same as the roles; where they do not, nobody knows which
//! is right, so only those count whom both let in, and somebody is told.

use std::collections::HashSet;

use sangam_sync::SourceError;

use super::{Run, spaces::PAGE_ROWS};
use crate::{
    access::{Principals, SpaceLayer},
    client::Client,
    error::ClientError,
    wire::{RoleAssignment, SpacePermission, SpaceRole, SpaceRoleMode},
};

/// What a role has to include to let somebody view a space.
const VIEW: &str = "read/space";

/// How a site gives access to its spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleMode {
    /// By permission rows alone.
    Rows,
    /// By rows and by roles: each counts by itself.
    Both,
    /// By roles; the rows say the same.
    Roles,
}

/// The roles of a site.
#[derive(Debug, Clone)]
pub(super) struct Roles {
    mode: RoleMode,
    /// Ids of roles that include viewing; `None` if the site does not list its roles.
    viewing: Option<HashSet<String>>,
}

/// What was read of one space's access.
pub(super) struct SpaceAnswers {
    pub rows: Vec<SpacePermission>,
    /// `None` if the site has no roles.
    pub assigned: Option<Result<Vec<RoleAssignment>, ClientError>>,
}

impl Run<'_> {
    /// Learns whether the site has roles, and which of them include viewing.
    pub(super) async fn roles(&mut self) -> Result<Roles, SourceError> {
        let mode = match self.client.get::<SpaceRoleMode>("api/v2/space-role-mode", &[]).await {
            Ok(answer) => match answer.mode.as_str() {
                "ROLES" => RoleMode::Roles,
                "ROLES_TRANSITION" => RoleMode::Both,
                _ => RoleMode::Rows,
            },
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            // A site from before roles.
            Err(ClientError::NotFound { .. }) => RoleMode::Rows,
            Err(error) => {
                self.outbox.warn(format!(
                    "it could not be learnt whether the site gives access by roles, so roles let nobody in: {error}"
                ));
                RoleMode::Rows
            }
        };
        let viewing = match mode {
            RoleMode::Rows => None,
            RoleMode::Both | RoleMode::Roles => self.viewing_roles(mode).await?,
        };
        Ok(Roles { mode, viewing })
    }

    async fn viewing_roles(&mut self, mode: RoleMode) -> Result<Option<HashSet<String>>, SourceError> {
        match self.client.list("api/v2/space-roles", &[("limit", PAGE_ROWS)]).all::<SpaceRole>().await {
            Ok(roles) => {
                let viewing = roles.into_iter().filter(|role| role.space_permissions.iter().any(|one| one == VIEW));
                Ok(Some(viewing.map(|role| role.id).collect()))
            }
            Err(error) if error.ends_the_sync() => Err(error.into()),
            Err(error) => {
                if mode == RoleMode::Both {
                    self.outbox.warn(format!(
                        "roles let nobody into a space, as the site does not tell what they include: {error}"
                    ));
                }
                Ok(None)
            }
        }
    }
}

impl Roles {
    /// Reads who may view a space, by both systems as far as the site has them.
    pub(super) async fn read(&self, client: &Client, space_id: &str) -> Result<SpaceAnswers, ClientError> {
        let rows = async {
            client.list(&format!("api/v2/spaces/{space_id}/permissions"), &[("limit", PAGE_ROWS)]).all().await
        };
        if self.mode == RoleMode::Rows {
            return Ok(SpaceAnswers { rows: rows.await?, assigned: None });
        }
        let assigned = async {
            let path = format!("api/v2/spaces/{space_id}/role-assignments");
            client.list(&path, &[("limit", PAGE_ROWS)]).all::<RoleAssignment>().await
        };
        let (rows, assigned) = futures::join!(rows, assigned);
        match assigned {
            Err(error) if error.ends_the_sync() => Err(error),
            assigned => Ok(SpaceAnswers { rows: rows?, assigned: Some(assigned) }),
        }
    }

    /// The layer of a space, and what a person should know about how it came to be.
    pub(super) fn layer(&self, principals: &Principals, answers: &SpaceAnswers) -> (SpaceLayer, Option<String>) {
        let by_rows = principals.space_layer(&answers.rows);
        let assigned = match &answers.assigned {
            None => return (by_rows, None),
            Some(Ok(assigned)) => assigned,
            Some(Err(error)) => {
                let warning = format!("its roles could not be read, so its permissions alone count: {error}");
                return (by_rows, Some(warning));
            }
        };
        // Every shipped role includes viewing. Where rows have to agree, a role that is not listed may be taken for one.
        let views = |role: &str| match &self.viewing {
            Some(viewing) => viewing.contains(role),
            None => self.mode == RoleMode::Roles,
        };
        let by_roles = principals.role_layer(assigned, views);
        match self.mode {
            RoleMode::Rows => (by_rows, None),
            RoleMode::Both => (by_rows.union(&by_roles), None),
            RoleMode::Roles if by_rows.agrees_with(&by_roles) => (by_rows.union(&by_roles), None),
            RoleMode::Roles => {
                let warning =
                    "its roles and its permissions do not name the same people, so only those see it whom both name";
                (by_rows.intersection(&by_roles), Some(warning.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sangam_access::Layer;
    use serde_json::{Value, json};

    use super::*;

    const VIEWER: &str = "0a1b2c3d-1111-4aaa-8bbb-000000000001";
    const CUSTOM: &str = "0a1b2c3d-1111-4aaa-8bbb-00000000000f";

    fn rows(rows: Value) -> Vec<SpacePermission> {
        serde_json::from_value(rows).unwrap()
    }

    fn row(kind: &str, id: &str) -> Value {
        json!({ "principal": { "type": kind, "id": id }, "operation": { "key": "read", "targetType": "space" } })
    }

    fn role(kind: &str, id: &str, role: &str) -> Value {
        json!({ "principal": { "principalType": kind, "principalId": id }, "roleId": role })
    }

    fn assigned(roles: Value) -> Vec<RoleAssignment> {
        serde_json::from_value(roles).unwrap()
    }

    fn roles(mode: RoleMode, lists: bool) -> Roles {
        Roles { mode, viewing: lists.then(|| [VIEWER.to_owned()].into()) }
    }

    fn only(users: &[&str]) -> Layer {
        let principals = Principals::new("ds");
        Layer::only(users.iter().map(|id| principals.user(id)))
    }

    #[test]
    fn in_transition_both_count_and_only_roles_that_include_viewing() {
        let principals = Principals::new("ds");
        let answers = SpaceAnswers {
            rows: rows(json!([row("user", "a")])),
            assigned: Some(Ok(assigned(json!([role("USER", "b", VIEWER), role("USER", "c", CUSTOM)])))),
        };
        let (found, warning) = roles(RoleMode::Both, true).layer(&principals, &answers);
        assert_eq!((found.layer, warning), (only(&["a", "b"]), None));
        let (found, _) = roles(RoleMode::Both, false).layer(&principals, &answers);
        assert_eq!(found.layer, only(&["a"]), "what a role includes is not known");
    }

    #[test]
    fn with_roles_alone_both_have_to_agree_in_whichever_spelling() {
        let principals = Principals::new("ds");
        let same = SpaceAnswers {
            rows: rows(json!([row("access-class", "ALL_LICENSED_USERS"), row("user", "a")])),
            assigned: Some(Ok(assigned(json!([
                role("ACCESS_CLASS", "all-licensed-users", VIEWER),
                role("USER", "a", VIEWER),
                role("USER", "a", VIEWER)
            ])))),
        };
        for lists in [true, false] {
            let (found, warning) = roles(RoleMode::Roles, lists).layer(&principals, &same);
            assert_eq!((found, warning), (principals.space_layer(&same.rows), None));
        }
        let disagree = SpaceAnswers {
            rows: rows(json!([row("user", "a"), row("access-class", "ANONYMOUS_USERS")])),
            assigned: Some(Ok(assigned(json!([role("USER", "a", VIEWER), role("USER", "b", VIEWER)])))),
        };
        let (found, warning) = roles(RoleMode::Roles, true).layer(&principals, &disagree);
        assert!(warning.is_some() && !found.is_anonymous);
        assert_eq!(found.layer, only(&["a"]), "the narrower one, and an alarm");
    }

    #[test]
    fn classes_of_which_it_is_not_known_who_is_in_them_open_nothing_and_are_told() {
        let principals = Principals::new("ds");
        let answers = SpaceAnswers {
            rows: rows(json!([row("access-class", "JSM_PROJECT_ADMINS"), row("role", "x")])),
            assigned: None,
        };
        let (found, _) = roles(RoleMode::Rows, false).layer(&principals, &answers);
        assert_eq!(found.layer, Layer::nobody());
        assert_eq!(found.not_understood.len(), 2);
    }
}
