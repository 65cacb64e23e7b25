//! Listings, cursors, expansions and bytes.

use confluence_sim::{ContentId, DcOptions, DcVersion, Kind, NewContent, Operation, Site};

use super::{As, CRAWLER, acme, column, options, served, served_as_is};

const ADA: As<'static> = As::Basic("ada", "ada-token");
const BEN: As<'static> = As::Bearer("ben-token");
const CHO: As<'static> = As::Bearer("cho-token");

#[tokio::test]
async fn a_page_is_cut_first_and_trimmed_afterwards() {
    let sim = acme().await;
    let path = "/rest/api/content?spaceKey=eng&type=page&limit=2";
    let (all, _) = sim.walk(CRAWLER, path).await;
    let (for_cho, sizes) = sim.walk(CHO, path).await;
    assert_eq!(column(&for_cho, "title"), ["Engineering Home", "Old process", "Standup notes"]);
    assert!(sizes.contains(&0), "{sizes:?}");
    assert_eq!(sizes.len(), all.len().div_ceil(2), "{sizes:?}");
}

#[tokio::test]
async fn a_limit_is_capped_without_a_word() {
    let sim = acme().await;
    for (expand, limit) in [("", 200), ("&expand=body.storage", 50), ("&expand=body.export_view", 25)] {
        let page = sim.json(&format!("/rest/api/content?spaceKey=ENG&limit=500{expand}")).await;
        assert_eq!(page["limit"], limit, "{expand}");
    }
}

#[tokio::test]
async fn next_is_relative_to_a_base_that_may_be_another() {
    let configured = DcOptions { base_url: Some("https://wiki.example.com/docs/".to_owned()), ..DcOptions::default() };
    let sim = served(Site::acme(), configured).await;
    assert!(sim.base_url().ends_with("/confluence"));
    let page = sim.json("/rest/api/content?spaceKey=ENG&limit=1&expand=version").await;
    assert_eq!(page["_links"]["base"], "https://wiki.example.com/docs");
    assert_eq!(page["_links"]["context"], "/confluence");
    assert_eq!(page["_links"]["next"], "/rest/api/content?spaceKey=ENG&expand=version&limit=1&start=1");
    let without = served(Site::acme(), DcOptions { context_path: String::new(), ..DcOptions::default() }).await;
    assert_eq!(without.json("/rest/api/space/KB").await["key"], "KB");
}

#[tokio::test]
async fn a_scan_meets_every_page_once_and_only_from_9_2_on() {
    let sim = acme().await;
    let (all, _) = sim.walk(CRAWLER, "/rest/api/content?spaceKey=ENG&limit=200").await;
    let (scanned, sizes) = sim.walk(CRAWLER, "/rest/api/content/scan?spaceKey=ENG&type=page&limit=3").await;
    assert_eq!(column(&all, "id"), column(&scanned, "id"));
    assert_eq!(sizes.len(), all.len().div_ceil(3));
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/content/scan?spaceKey=ENG&cursor=zzz").await, 400);
    let (comments, _) = sim.walk(CRAWLER, "/rest/api/content/scan?type=comment&limit=1").await;
    assert_eq!(column(&comments, "id"), ["66400", "66401", "66410"]);
    let old = served(Site::acme(), options(DcVersion::V8_5)).await;
    assert_eq!(old.status_as(CRAWLER, "/rest/api/content/scan?spaceKey=ENG").await, 404);
}

#[tokio::test]
async fn types_of_cloud_are_an_error() {
    let sim = acme().await;
    let answer = sim.call(CRAWLER, "/rest/api/content?type=folder", None).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("No ContentTypeBinding found for type: folder"));
    let incidents = sim.json("/rest/api/content/65820").await;
    assert_eq!(incidents["type"], "page");
}

#[tokio::test]
async fn the_trash_is_for_space_admins_and_by_status() {
    let sim = acme().await;
    let path = "/rest/api/content/65860";
    assert_eq!(sim.status_as(CRAWLER, path).await, 404);
    assert_eq!(sim.json(&format!("{path}?status=any")).await["status"], "trashed");
    assert_eq!(sim.status_as(ADA, &format!("{path}?status=trashed")).await, 200);
    assert_eq!(sim.status_as(BEN, &format!("{path}?status=trashed")).await, 404);
    assert_eq!(sim.status_as(BEN, "/rest/api/space/ENG/trash").await, 403);
    let (trash, _) = sim.walk(ADA, "/rest/api/space/ENG/trash").await;
    assert_eq!(column(&trash, "id"), ["65860"]);
    sim.site().write().restore(ContentId(65860)).unwrap();
    assert_eq!(sim.status_as(BEN, path).await, 200);
    sim.site().write().purge(ContentId(65860)).unwrap();
    assert_eq!(sim.status_as(CRAWLER, &format!("{path}?status=any")).await, 404);
}

#[tokio::test]
async fn comments_come_with_replies_only_when_asked_for() {
    let sim = acme().await;
    let path = "/rest/api/content/65802/child/comment?expand=ancestors,extensions.resolution,container";
    let (roots, _) = sim.walk(BEN, path).await;
    assert_eq!(column(&roots, "id"), ["66400", "66410"]);
    let (all, _) = sim.walk(BEN, &format!("{path}&depth=all&limit=1")).await;
    assert_eq!(column(&all, "id"), ["66400", "66401", "66410"]);
    assert_eq!(all[1]["ancestors"][0]["id"], "66400");
    assert_eq!(all[1]["container"]["id"], "65802");
    let (inline, _) = sim.walk(BEN, &format!("{path}&depth=all&location=inline&location=resolved")).await;
    assert_eq!(column(&inline, "id"), ["66410"]);
    assert_eq!(inline[0]["extensions"]["resolution"]["status"], "open");
    assert_eq!(sim.status_as(CHO, path).await, 404, "a page out of sight has no comments");
}

#[tokio::test]
async fn ids_of_attachments_depend_on_the_version_and_bytes_on_the_reader() {
    for (version, id) in [(DcVersion::V7_19, "66113"), (DcVersion::V9_2, "att66113")] {
        let sim = served(Site::acme(), options(version)).await;
        let (files, _) = sim.walk(BEN, "/rest/api/content/65802/child/attachment?filename=steps.txt").await;
        assert_eq!(column(&files, "id"), [id]);
        let link = files[0]["_links"]["download"].as_str().unwrap();
        let bytes = sim.call(BEN, link, None).await;
        assert_eq!((bytes.status, bytes.text.as_str()), (200, "promote the replica\ntell the on-call"));
        assert_eq!(sim.status_as(CHO, link).await, 404);
        let nobody = sim.call(As::Nobody, link, None).await;
        assert_eq!(nobody.status, 302);
        assert!(nobody.header("location").contains("/confluence/login.action"));
    }
}

#[tokio::test]
async fn times_carry_the_offset_of_the_server() {
    let sim = acme().await;
    let page = sim.json("/rest/api/content/65700").await;
    assert_eq!(page["version"]["when"], "2026-08-18T06:22:31.114-04:00");
    sim.site().write().settings.utc_offset_minutes = 0;
    assert_eq!(sim.json("/rest/api/content/65700").await["version"]["when"], "2026-08-18T10:22:31.114Z");
}

#[tokio::test]
async fn links_for_people_depend_on_title_and_version_and_lead_somewhere() {
    let sim = acme().await;
    let links = async |id: &str| sim.json(&format!("/rest/api/content/{id}")).await["_links"]["webui"].clone();
    assert_eq!(links("65802").await, "/display/ENG/Database+failover");
    assert_eq!(links("66001").await, "/display/ENG/2026/08/11/Release+2.4");
    sim.site().write().rename(ContentId(65802), "Q&A: failover?", "ada").unwrap();
    assert_eq!(links("65802").await, "/pages/viewpage.action?pageId=65802");
    assert_eq!(sim.status_as(BEN, "/pages/viewpage.action?pageId=65802").await, 200);
    assert_eq!(sim.status_as(BEN, "/display/ENG/2026/08/11/Release+2.4").await, 200);
    assert_eq!(sim.status_as(CHO, "/pages/viewpage.action?pageId=65802").await, 404);
    sim.site().write().data_center_mut().unwrap().options.version = DcVersion::V10_0;
    assert_eq!(links("65700").await, "/spaces/ENG/pages/65700/Engineering+Home");
}

#[tokio::test]
async fn search_counts_what_the_caller_sees_and_leaves_archived_spaces_out() {
    let sim = acme().await;
    let path = "/rest/api/content/search?cql=type%3Dpage%20and%20space%3DENG&limit=2";
    let (found, sizes) = sim.walk(CHO, path).await;
    assert_eq!((found.len(), sizes), (3, vec![2, 1]));
    assert_eq!(sim.json(path).await["totalSize"], 10);
    let (old, _) = sim.walk(CRAWLER, "/rest/api/search?cql=space%3DOLD").await;
    assert!(old.is_empty());
    let (old, _) = sim.walk(CRAWLER, "/rest/api/search?cql=space%3DOLD&includeArchivedSpaces=true").await;
    assert_eq!(old[0]["content"]["id"], "196700");
    let (old, _) = sim.walk(CRAWLER, "/rest/api/content?spaceKey=OLD").await;
    assert_eq!(column(&old, "id"), ["196700"], "listings have them");
    let (files, _) = sim.walk(CRAWLER, "/rest/api/content/search?cql=type%3Dattachment&limit=3").await;
    assert_eq!(files.len(), 4);
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/content/search?cql=lastmodified%20%3E%20soon").await, 400);
}

#[tokio::test]
async fn many_ids_are_looked_up_at_once_from_9_2_on() {
    let sim = acme().await;
    let (found, _) = sim.walk(CRAWLER, "/rest/api/content?ids=65802&ids=66400,att66113&ids=99").await;
    assert_eq!(column(&found, "type"), ["page", "comment", "attachment"]);
    let (trashed, _) = sim.walk(CRAWLER, "/rest/api/content?ids=65860&status=any").await;
    assert_eq!(column(&trashed, "status"), ["trashed"]);
}

#[tokio::test]
async fn content_of_a_space_comes_by_type_and_depth() {
    let sim = acme().await;
    let both = sim.json("/rest/api/space/ENG/content?limit=2").await;
    assert_eq!(both["page"]["size"], 2);
    assert_eq!(both["blogpost"]["results"][0]["id"], "66001");
    let next = both["page"]["_links"]["next"].as_str().unwrap();
    assert!(next.starts_with("/rest/api/space/ENG/content/page?"), "{next}");
    let (roots, _) = sim.walk(CRAWLER, "/rest/api/space/ENG/content/page?depth=root").await;
    assert_eq!(column(&roots, "id"), ["65700"]);
    let (below, _) = sim.walk(CRAWLER, "/rest/api/content/65700/descendant/page?limit=3").await;
    let (all, _) = sim.walk(CRAWLER, "/rest/api/space/ENG/content/page").await;
    assert_eq!(below.len() + 1, all.len());
}

#[tokio::test]
async fn lists_inside_of_content_are_cut() {
    let mut site = Site::acme();
    for n in 0..30 {
        site.add_attachment(ContentId(65802), &format!("{n}.txt"), "text/plain", b"x", "ada").unwrap();
        site.add_group(&format!("g{n:03}"), confluence_sim::GroupAccess::None);
    }
    for n in 30..120 {
        site.add_group(&format!("g{n:03}"), confluence_sim::GroupAccess::None);
    }
    let groups: Vec<String> = (0..120).map(|n| format!("g{n:03}")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    site.restrict(ContentId(65802), Operation::Read, &[], &groups).unwrap();
    let sim = served(site, DcOptions::default()).await;
    let page = sim
        .json("/rest/api/content/65802?expand=children.attachment,restrictions.read.restrictions.group,metadata.labels")
        .await;
    assert_eq!(page["children"]["attachment"]["size"], 25);
    assert_eq!(
        page["children"]["attachment"]["_links"]["next"],
        "/rest/api/content/65802/child/attachment?limit=25&start=25"
    );
    let read = &page["restrictions"]["read"]["restrictions"];
    assert_eq!(read["group"]["size"], 100);
    assert_eq!(read["_expandable"]["user"], "");
    let rest = sim.json("/rest/api/content/65802/restriction/byOperation/read?start=100&limit=500").await;
    assert_eq!(rest["restrictions"]["group"]["size"], 20);
    assert_eq!(rest["restrictions"]["group"]["limit"], 100);
}

#[tokio::test]
async fn what_exists_only_in_cloud_cannot_be_made() {
    let mut site = Site::acme().into_data_center(DcOptions::default());
    let folder = NewContent { kind: Kind::Folder, space: "ENG", parent: None, title: "F", body: "", author: "ada" };
    assert!(site.add(folder).is_err());
    assert!(site.archive(ContentId(65802)).is_err());
    let sim = served_as_is(site).await;
    sim.site().write().move_under(ContentId(65802), ContentId(65700)).unwrap();
    let moved = sim.json_as(CHO, "/rest/api/content/65802?expand=ancestors").await;
    assert_eq!(moved["ancestors"].as_array().unwrap().len(), 1, "out of the restricted page, without an edit");
}
