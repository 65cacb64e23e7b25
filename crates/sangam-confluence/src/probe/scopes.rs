//! The scopes of a Cloud grant or token against those that the configuration needs: each one lacking, and what is missing without it.
//!
//! The gateway tells the scopes of a grant. Those of an API token it does not tell, so that the call that needs each is tried.

use std::collections::BTreeSet;

use sangam_sync::SourceError;
use serde_json::{Value, json};

use super::Findings;
use crate::{client::Client, config::ConfluenceConfig, error::ClientError};

/// Something that a crawl does, and what opens it.
struct Need {
    /// Alternatives, of which one is needed entirely.
    scopes: &'static [&'static [&'static str]],
    /// A call that they open. Its ids are made up: the gateway looks at scopes first, so that "not found" proves the scope.
    call: &'static str,
    /// What is missing without.
    without: &'static str,
    is_needed: fn(&ConfluenceConfig) -> bool,
}

const DETAILS: &str = "read:content-details:confluence";

/// What a crawl needs, the most important first.
///
/// Source: `scopes` of the published descriptions of the interface's two generations.
const NEEDS: [Need; 20] = [
    Need {
        scopes: &[&["read:space:confluence"]],
        call: "api/v2/spaces",
        without: "no space is found, and nothing is indexed",
        is_needed: |_| true,
    },
    Need {
        scopes: &[&["read:page:confluence"]],
        call: "api/v2/pages",
        without: "no page and no blog post is indexed",
        is_needed: |config| config.switches.pages || config.switches.blogs,
    },
    Need {
        scopes: &[&["read:confluence-content.all"], &[DETAILS]],
        call: "rest/api/content/1/restriction",
        without: "view lists that need a call of their own are not read, and their pages are hidden",
        is_needed: |config| config.crawl_acl,
    },
    Need {
        scopes: &[&["search:confluence"], &[DETAILS]],
        call: "rest/api/content/search?cql=type=page",
        without: "every view list and every page's labels take a call of their own, and places that no page leads to are not found",
        is_needed: |_| true,
    },
    Need {
        scopes: &[&["read:confluence-groups"], &["read:group:confluence"]],
        call: "rest/api/group",
        without: "people and groups are not read, and what is for groups is hidden from everybody",
        is_needed: |config| config.crawl_acl,
    },
    Need {
        scopes: &[&["read:confluence-groups"], &["read:group:confluence", "read:user:confluence"]],
        call: "rest/api/group/1/membersByGroupId",
        without: "members of groups are not read, and what is for groups is hidden from them",
        is_needed: |config| config.crawl_acl && config.identity_crawler,
    },
    Need {
        scopes: &[&[DETAILS]],
        call: "rest/api/search/user?cql=type=user",
        without: "people in no group are not known",
        is_needed: |config| config.crawl_acl && config.identity_crawler,
    },
    Need {
        scopes: &[&["read:user:confluence"]],
        call: "api/v2/users-bulk",
        without: "people whom a space or a view list names are not looked up, and authors are shown by their account ids",
        is_needed: |_| true,
    },
    Need {
        scopes: &[&["read:configuration:confluence"]],
        call: "api/v2/space-role-mode",
        without: "it is not known whether the site gives access by roles, so that roles let nobody in",
        is_needed: |config| config.crawl_acl,
    },
    Need {
        scopes: &[&["read:space.permission:confluence"]],
        call: "api/v2/space-roles",
        without: "on a site that gives access by roles those let nobody in",
        is_needed: |config| config.crawl_acl,
    },
    Need {
        scopes: &[&["read:confluence-content.permission"], &["read:content.permission:confluence"]],
        call: "rest/api/content/1/permission/check",
        without: "what is below folders, whiteboards and databases is hidden, as nobody can be asked about",
        is_needed: |config| config.crawl_acl && config.switches.pages,
    },
    Need {
        scopes: &[&["read:hierarchical-content:confluence"]],
        call: "api/v2/pages/1/descendants",
        without: "folders, whiteboards and databases without pages below them are not found",
        is_needed: |config| config.switches.pages,
    },
    Need {
        scopes: &[&["read:folder:confluence"]],
        call: "api/v2/folders/1",
        without: "pages below folders are hidden",
        is_needed: |config| config.switches.pages,
    },
    Need {
        scopes: &[&["read:whiteboard:confluence"]],
        call: "api/v2/whiteboards/1",
        without: "pages below whiteboards are hidden",
        is_needed: |config| config.switches.pages,
    },
    Need {
        scopes: &[&["read:database:confluence"]],
        call: "api/v2/databases/1",
        without: "pages below databases are hidden",
        is_needed: |config| config.switches.pages,
    },
    Need {
        scopes: &[&["read:embed:confluence"]],
        call: "api/v2/embeds/1",
        without: "pages below embedded links are hidden",
        is_needed: |config| config.switches.pages,
    },
    Need {
        scopes: &[&["read:comment:confluence"]],
        call: "api/v2/footer-comments",
        without: "no comment is indexed",
        is_needed: has_comments,
    },
    Need {
        scopes: &[&["read:attachment:confluence"]],
        call: "api/v2/attachments",
        without: "no attachment is indexed",
        is_needed: has_attachments,
    },
    Need {
        scopes: &[&["readonly:content.attachment:confluence"], &["read:attachment:confluence"]],
        call: "rest/api/content/1/child/attachment/att1/download",
        without: "attachments are found by their names only",
        is_needed: has_attachments,
    },
    Need {
        scopes: &[&["read:custom-content:confluence"]],
        call: "api/v2/custom-content/1",
        without: "comments and attachments on custom content are left out",
        is_needed: |config| has_comments(config) || has_attachments(config),
    },
];

fn has_comments(config: &ConfluenceConfig) -> bool {
    config.switches.page_comments || config.switches.blog_comments
}

fn has_attachments(config: &ConfluenceConfig) -> bool {
    config.switches.page_attachments || config.switches.blog_attachments
}

/// Notes each scope that is lacking; nothing for credentials without scopes.
///
/// # Errors
/// What ends every call: the site or the gateway cannot be reached or refuses the credentials.
pub(super) async fn compare(
    client: &Client,
    config: &ConfluenceConfig,
    found: &mut Findings,
) -> Result<(), SourceError> {
    let granted = match client.granted_scopes().await {
        Err(error) if error.ends_the_sync() => return Err(error.into()),
        answer => answer.unwrap_or_default(),
    };
    let holder = match (&granted, client.is_rotating()) {
        (_, true) => Holder::Grant,
        (_, false) if client.is_at_gateway() => Holder::Token,
        _ => return Ok(()),
    };
    let mut n_lacking = 0;
    for need in NEEDS.iter().filter(|need| (need.is_needed)(config)) {
        let is_open = match &granted {
            Some(granted) => need.is_open_to(granted),
            None => need.is_tried_open(client).await?,
        };
        if !is_open {
            n_lacking += 1;
            found.lacks.push(need.told(holder));
        }
    }
    if n_lacking == 0 {
        found.abilities.push(format!("The {} has every scope that this configuration needs.", holder.name()));
    }
    Ok(())
}

/// Who has the scopes.
#[derive(Debug, Clone, Copy)]
enum Holder {
    Grant,
    Token,
}

impl Holder {
    fn name(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Token => "API token",
        }
    }

    fn way_out(self) -> &'static str {
        match self {
            Self::Grant => "add it to the app's permissions, then run `sangam connect confluence` again",
            Self::Token => "make a token that has it, and store that in the secret",
        }
    }
}

impl Need {
    fn is_open_to(&self, granted: &BTreeSet<String>) -> bool {
        self.scopes.iter().any(|needed| needed.iter().all(|scope| granted.contains(*scope)))
    }

    /// Tries the call: only the word that a scope is missing says so.
    async fn is_tried_open(&self, client: &Client) -> Result<bool, SourceError> {
        let client = client.optional();
        let (path, query) = self.call.split_once('?').unwrap_or((self.call, ""));
        let query: Vec<(&str, &str)> = query.split_once('=').into_iter().chain([("limit", "1")]).collect();
        let answer = match path {
            "api/v2/users-bulk" => client.ask::<Value>(path, &json!({ "accountIds": ["1"] })).await,
            _ if path.ends_with("/permission/check") => {
                let subject = json!({ "type": "user", "identifier": "1" });
                client.ask::<Value>(path, &json!({ "subject": subject, "operation": "read" })).await
            }
            _ => client.get::<Value>(path, &query).await,
        };
        match answer {
            Err(ClientError::Scope { .. }) => Ok(false),
            Err(error) if error.ends_the_sync() => Err(error.into()),
            _ => Ok(true),
        }
    }

    fn told(&self, holder: Holder) -> String {
        let alternative =
            |scopes: &&[&str]| scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(" with ");
        let alternatives: Vec<String> = self.scopes.iter().map(alternative).collect();
        format!("The {} lacks {}: {}; {}.", holder.name(), alternatives.join(" or "), self.without, holder.way_out())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::CLOUD_SCOPES;

    fn config(more: &Value) -> ConfluenceConfig {
        ConfluenceConfig::parse(&json!({
            "type": "CONFLUENCEV2",
            "syncMode": "FULL_CRAWL",
            "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
            "connectionConfiguration": { "repositoryEndpointMetadata": {
                "hostUrl": "https://acme.atlassian.net", "type": "SAAS", "authType": "OAuth2" } },
            "repositoryConfigurations": {},
            "additionalProperties": more,
        }))
        .unwrap()
    }

    fn lacking(more: &Value, granted: &[&str]) -> Vec<&'static str> {
        let (config, granted) = (config(more), granted.iter().map(|scope| (*scope).to_owned()).collect());
        let needs = NEEDS.iter().filter(|need| (need.is_needed)(&config) && !need.is_open_to(&granted));
        needs.map(|need| need.scopes[0][0]).collect()
    }

    #[test]
    fn a_grant_of_what_is_asked_for_lacks_nothing_and_each_half_of_the_interface_has_its_own_scopes() {
        assert_eq!(lacking(&json!({}), &CLOUD_SCOPES), Vec::<&str>::new());
        let classic: Vec<&str> = CLOUD_SCOPES.into_iter().filter(|scope| !scope.starts_with("read:content-")).collect();
        assert_eq!(lacking(&json!({}), &classic), [DETAILS], "only the search for people has no other");
        let granular: Vec<&str> = CLOUD_SCOPES
            .into_iter()
            .filter(|scope| scope.matches(':').count() == 2 && !scope.starts_with("readonly"))
            .collect();
        assert_eq!(lacking(&json!({}), &granular), Vec::<&str>::new());
        assert!(lacking(&json!({}), &[]).len() == NEEDS.len());
    }

    #[test]
    fn what_the_configuration_leaves_out_needs_no_scope() {
        let few = ["read:space:confluence", "read:page:confluence", "search:confluence", "read:user:confluence"];
        let more = json!({ "isCrawlAcl": false, "isCrawlPage": false, "isCrawlPageComment": false,
            "isCrawlBlogComment": false, "isCrawlPageAttachment": false, "isCrawlBlogAttachment": false });
        assert_eq!(lacking(&more, &few), Vec::<&str>::new());
        assert!(lacking(&json!({}), &few).contains(&"read:comment:confluence"));
    }

    #[test]
    fn a_lack_names_the_scopes_what_is_missing_and_the_way_out() {
        let members = NEEDS.iter().find(|need| need.call.contains("members")).unwrap();
        assert_eq!(
            members.told(Holder::Token),
            "The API token lacks `read:confluence-groups` or `read:group:confluence` with `read:user:confluence`: members of groups are \
             not read, and what is for groups is hidden from them; make a token that has it, and store that in the secret."
        );
    }
}
