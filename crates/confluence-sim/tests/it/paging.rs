//! Listings end, and give everything once, whatever the page size.

use confluence_sim::{Operation, Site};

use crate::client::{CRAWLER, call_as, get, ids, served, walk};

const BEN: Option<(&str, &str)> = Some(("ben.ruiz@acme.example", "ben-token"));

/// A site with enough pages that every page size cuts it differently.
fn many_pages() -> Site {
    let mut site = Site::acme();
    let home = site.find_titled("Engineering Home").unwrap().id;
    for n in 0..57 {
        let page = site.add_page("ENG", Some(home), &format!("Page {n}"), "<p>x</p>", "ada").unwrap();
        if n % 5 == 0 {
            site.restrict(page, Operation::Read, &["ada"], &[]).unwrap();
        }
    }
    site
}

#[tokio::test]
async fn every_page_size_and_order_gives_every_page_once() {
    let sim = served(many_pages()).await;
    let all = walk(&sim, Some(CRAWLER), "/wiki/api/v2/pages?limit=250&sort=id").await.0;
    let mut expected = ids(&all);
    expected.sort();
    assert!(expected.len() > 57);
    for sort in ["id", "-id", "created-date", "-modified-date", "title", "-title"] {
        for limit in [10, 250] {
            let path = format!("/wiki/api/v2/pages?limit={limit}&sort={sort}");
            let (results, n_pages) = walk(&sim, Some(CRAWLER), &path).await;
            assert_eq!(n_pages, results.len().div_ceil(limit), "{path}");
            let mut found = ids(&results);
            found.sort();
            assert_eq!(found, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn what_a_caller_may_not_see_leaves_gaps_and_does_not_end_the_listing() {
    let sim = served(many_pages()).await;
    let (results, n_pages) = walk(&sim, BEN, "/wiki/api/v2/pages?limit=1&sort=id").await;
    assert!(results.iter().all(|page| page["title"] != "Page 0"));
    assert!(n_pages > results.len(), "some pages must have been empty");
    let (in_one, _) = walk(&sim, BEN, "/wiki/api/v2/pages?limit=250&sort=id").await;
    assert_eq!(ids(&results), ids(&in_one));
}

#[tokio::test]
async fn a_cursor_survives_the_deletion_of_the_row_it_points_to() {
    let sim = served(many_pages()).await;
    let first = get(&sim, "/wiki/api/v2/pages?limit=5&sort=id").await.json();
    let last = first["results"][4]["id"].as_str().unwrap().parse().unwrap();
    sim.site().write().purge(last).unwrap();
    let next = first["_links"]["next"].as_str().unwrap().to_owned();
    let second = get(&sim, &next).await.json();
    assert!(second["results"][0]["id"].as_str().unwrap().parse::<u64>().unwrap() > last.0);
}

#[tokio::test]
async fn search_pages_by_cursor_and_cuts_wishes_without_a_word() {
    let sim = served(many_pages()).await;
    let cql = "space%20%3D%20ENG%20and%20type%20%3D%20page";
    let all = walk(&sim, Some(CRAWLER), &format!("/wiki/rest/api/content/search?cql={cql}&limit=1000")).await.0;
    for (limit, order) in [(1, ""), (9, "%20order%20by%20lastmodified%20desc"), (9, "%20order%20by%20created")] {
        let path = format!("/wiki/rest/api/content/search?cql={cql}{order}&limit={limit}");
        let (results, n_pages) = walk(&sim, Some(CRAWLER), &path).await;
        assert_eq!(results.len(), all.len(), "{path}");
        assert_eq!(n_pages, all.len().div_ceil(limit), "{path}");
    }
    let body = get(&sim, &format!("/wiki/rest/api/content/search?cql={cql}&limit=1000&expand=body.storage")).await;
    assert_eq!(body.json()["limit"], 50);
    let expanded = get(&sim, &format!("/wiki/rest/api/content/search?cql={cql}&limit=1000&expand=version")).await;
    assert_eq!(expanded.json()["limit"], 200);
}

#[tokio::test]
async fn members_and_groups_page_by_offset() {
    let sim = served(Site::acme()).await;
    let (groups, n_pages) = walk(&sim, Some(CRAWLER), "/wiki/rest/api/group?limit=1").await;
    assert_eq!((groups.len(), n_pages), (4, 4));
    assert_eq!(groups[0]["name"], "confluence-admins-acme");
    let members = "/wiki/rest/api/group/7f3a0d5e-2b61-4c8e-9a77-3d1e5f60a201/membersByGroupId";
    let (found, n_pages) = walk(&sim, Some(CRAWLER), &format!("{members}?limit=2")).await;
    assert_eq!((found.len(), n_pages), (5, 3));
    assert_eq!(get(&sim, &format!("{members}?limit=201")).await.status, 400);
}

#[tokio::test]
async fn restriction_lists_are_cut_at_a_hundred_and_go_on_by_start() {
    let mut site = Site::from_json(&crowd(230)).unwrap();
    let page = site.find_titled("Home").unwrap().id;
    let names: Vec<String> = (0..230).map(|n| format!("u{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    site.restrict(page, Operation::Read, &names, &[]).unwrap();
    let sim = served(site).await;
    let mut seen = std::collections::BTreeSet::new();
    for (start, size) in [(0, 100), (100, 100), (200, 30), (300, 0)] {
        let path = format!("/wiki/rest/api/content/{page}/restriction/byOperation/read?start={start}&limit=250");
        let answer = call_as(&sim, Some(("u0@x.example", "t")), &path, None).await.json();
        let users = &answer["restrictions"]["user"];
        assert_eq!((&users["limit"], &users["size"]), (&100.into(), &size.into()));
        assert!(answer["_links"]["next"].is_null());
        seen.extend(users["results"].as_array().unwrap().iter().map(|user| user["accountId"].to_string()));
    }
    assert_eq!(seen.len(), 230);
}

/// A site of `n` people who all may use it, and one page.
fn crowd(n: usize) -> String {
    let users: Vec<_> = (0..n)
        .map(|n| serde_json::json!({"handle": format!("u{n}"), "name": format!("U {n}"), "email": format!("u{n}@x.example")}))
        .collect();
    let members: Vec<_> = (0..n).map(|n| format!("u{n}")).collect();
    serde_json::json!({
        "users": users,
        "groups": [{"name": "all", "access": "user", "members": members}],
        "credentials": [{"user": "u0", "token": "t"}],
        "spaces": [{"key": "S", "name": "S", "permissions": [{"group": "all"}], "pages": [{"title": "Home"}]}],
    })
    .to_string()
}

#[tokio::test]
async fn broken_cursors_limits_and_orders_are_refused() {
    let sim = served(Site::acme()).await;
    for query in ["cursor=zzz", "limit=0", "limit=251", "limit=x", "sort=colour", "status=lost", "body-format=pdf"] {
        let answer = get(&sim, &format!("/wiki/api/v2/pages?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["code"], "INVALID_REQUEST_PARAMETER", "{query}");
    }
}
