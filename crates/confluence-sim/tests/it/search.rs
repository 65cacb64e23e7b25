//! CQL, as far as crawlers use it.

use confluence_sim::Site;

use crate::client::{CRAWLER, encoded, get, ids, served, walk};

/// The ids that a query finds, in their order.
async fn found(cql: &str, more: &str) -> Vec<String> {
    let mut site = Site::acme();
    site.settings.fixed_now = Some("2026-08-18T12:00:00Z".parse().unwrap());
    let sim = served(site).await;
    let cql = encoded(cql);
    ids(&walk(&sim, Some(CRAWLER), &format!("/wiki/rest/api/content/search?limit=100&cql={cql}{more}")).await.0)
}

#[tokio::test]
async fn fields_operators_and_order() {
    for (cql, expected) in [
        ("space = HR", vec!["98400"]),
        ("space in (HR, \"KB\") and type = page", vec!["98400", "131200"]),
        ("space = ENG and type = page and label = runbook", vec!["65801", "65802"]),
        ("id in (65802, 65801, 66001) order by title desc", vec!["65801", "66001", "65802"]),
        ("type in (folder,whiteboard,database,embed)", vec!["65820", "66200", "66201", "66202"]),
        ("type = comment and space = ENG", vec!["66400", "66401", "66410"]),
        ("type = attachment and parent = 65802", vec!["att66110", "att66111", "att66112", "att66113"]),
        ("ancestor = 65820", vec!["65830"]),
        ("title = \"INC-42 post-mortem\"", vec!["65830"]),
        ("lastmodified >= now(\"-2h\")", vec!["65700"]),
        ("lastmodified >= now(\"-90m\")", vec![]),
        // Dates are in the zone of the site, four hours behind: 06:20 there is 10:20 in UTC.
        ("lastmodified >= \"2026-08-18 06:20\"", vec!["65700"]),
        ("lastmodified >= \"2026-08-18 06:30\"", vec![]),
        ("created > \"2026-08-01\" order by created", vec!["66001"]),
        ("space = ENG and type = page and id not in (65700, 65801, 65802, 65830)", vec!["66300"]),
    ] {
        assert_eq!(found(cql, "").await, expected, "{cql}");
    }
}

#[tokio::test]
async fn archived_content_is_asked_for_explicitly() {
    assert_eq!(found("id = 65850", "").await, [""; 0]);
    let context = "&cqlcontext=%7B%22contentStatuses%22%3A%5B%22archived%22%5D%7D";
    assert_eq!(found("id = 65850", context).await, ["65850"]);
    assert_eq!(found("space = OLD", "").await, [""; 0]);
    assert_eq!(found("space = OLD", "&includeArchivedSpaces=true").await, ["196700"]);
}

#[tokio::test]
async fn what_is_no_query_is_refused() {
    let sim = served(Site::acme()).await;
    for cql in [
        "",
        "space",
        "space =",
        "colour = red",
        "space = A xor space = B",
        "type = page order by",
        "type = page and",
        "id in ()",
        "id in (1",
        "title = \"open",
        "lastmodified >= \"yesterday\"",
        "lastmodified >= now(\"-5x\")",
        "id > 5",
    ] {
        let coded = encoded(cql);
        let answer = get(&sim, &format!("/wiki/rest/api/content/search?cql={coded}")).await;
        assert_eq!(answer.status, 400, "{cql}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_ancestor_out_of_sight_fails_the_batch_that_expands_it() {
    let mut site = Site::acme();
    site.archive("65801".parse().unwrap()).unwrap();
    let sim = served(site).await;
    let path = "/wiki/rest/api/content/search?cql=id%3D65802&expand=ancestors.restrictions.read.restrictions.group";
    assert_eq!(get(&sim, path).await.status, 200);
    // The page moved into a space of somebody else would be out of sight itself; a draft above is not.
    let draft = "65840".parse().unwrap();
    sim.site().write().move_under("65802".parse().unwrap(), draft).unwrap();
    let answer = get(&sim, path).await;
    assert_eq!(answer.status, 404);
    assert!(answer.json()["message"].as_str().unwrap().contains("ContentId{id=65840}"));
}

#[tokio::test]
async fn what_is_remembered_of_a_search_ends_with_the_next_change() {
    let sim = served(Site::acme()).await;
    let path = format!("/wiki/rest/api/content/search?limit=1&cql={}", encoded("space = ENG and type = page"));
    let first = get(&sim, &path).await.json();
    let next = format!("/wiki{}", first["_links"]["next"].as_str().unwrap());
    let n_looked_at = sim.n_looked_at();
    let second = get(&sim, &next).await.json();
    assert_eq!(sim.n_looked_at(), n_looked_at, "the next page looks at nothing");
    let gone = second["results"][0]["id"].as_str().unwrap().to_owned();
    sim.site().write().trash(gone.parse().unwrap()).unwrap();
    let again = get(&sim, &next).await.json();
    assert_ne!(again["results"][0]["id"], gone.as_str());
    assert!(sim.n_looked_at() > n_looked_at);
    // Nor does anybody get what somebody else may see.
    let cho = Some(("cho@acme.example", "cho-token"));
    let of_crawler = walk(&sim, Some(CRAWLER), &path).await.0.len();
    assert!(walk(&sim, cho, &path).await.0.len() < of_crawler);
}
