//! People by name and key, groups by name and in one another.

use confluence_sim::{AccountStatus, DcOptions, DcVersion, EmailVisibility, Site};

use super::{As, CRAWLER, acme, column, options, served};

const BEN: As<'static> = As::Bearer("ben-token");

#[tokio::test]
async fn people_are_known_by_name_and_key() {
    let sim = acme().await;
    let ben = sim.json("/rest/api/user?username=BEN").await;
    let key = ben["userKey"].as_str().unwrap().to_owned();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(key, sim.site().read().find_user("ben").unwrap().user_key());
    assert_eq!(sim.json(&format!("/rest/api/user?key={key}")).await["username"], "ben");
    assert!(ben.get("status").is_none(), "not unless asked for");
    sim.site().write().set_user_status("ben", AccountStatus::Inactive).unwrap();
    let ben = sim.json("/rest/api/user?username=ben&expand=status").await;
    assert_eq!((&ben["status"], &ben["displayName"]), (&"DEACTIVATED".into(), &"Ben Ruiz".into()));
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/user?username=nobody").await, 404);
    let (all, _) = sim.walk(CRAWLER, "/rest/api/user/list?limit=2").await;
    assert_eq!(column(&all, "username"), ["ada", "automation", "ben", "cho", "crawler", "dmitri", "gia"]);
    let (active, _) = sim.walk(CRAWLER, "/rest/api/admin/users/list/active").await;
    assert_eq!(column(&active, "username"), ["ada", "cho", "crawler"]);
    assert_eq!(sim.json("/rest/api/user/current").await["username"], "crawler");
    let old = served(Site::acme(), options(DcVersion::V7_19)).await;
    assert_eq!(old.status_as(CRAWLER, "/rest/api/user/list").await, 404);
}

#[tokio::test]
async fn a_limit_of_nothing_leads_back_to_itself() {
    let sim = acme().await;
    let page = sim.json("/rest/api/user/list?limit=0&start=0").await;
    assert_eq!(page["_links"]["next"], "/rest/api/user/list?limit=0&start=0");
}

#[tokio::test]
async fn addresses_show_as_the_administrator_wants() {
    for (emails, to_ben, to_crawler) in [
        (EmailVisibility::Public, "ada@acme.example", "ada@acme.example"),
        (EmailVisibility::Masked, "ada at acme dot example", "ada at acme dot example"),
        (EmailVisibility::AdminsOnly, "", "ada@acme.example"),
        (EmailVisibility::Hidden, "", ""),
    ] {
        let sim = served(Site::acme(), DcOptions { emails, ..DcOptions::default() }).await;
        let path = "/rest/mobile/1.0/profile/ada";
        assert_eq!(sim.json_as(BEN, path).await["email"], to_ben, "{emails:?}");
        assert_eq!(sim.json(path).await["email"], to_crawler, "{emails:?}");
    }
}

#[tokio::test]
async fn members_are_direct_and_for_administrators() {
    let sim = acme().await;
    {
        let mut site = sim.site().write();
        site.add_group("all-staff", confluence_sim::GroupAccess::None);
        site.nest_group("all-staff", "engineering").unwrap();
        site.nest_group("all-staff", "hr-private").unwrap();
        site.nest_group("engineering", "all-staff").unwrap();
    }
    assert_eq!(sim.status_as(BEN, "/rest/api/group/engineering/member").await, 403);
    let (members, _) = sim.walk(CRAWLER, "/rest/api/group/all-staff/member").await;
    assert!(members.is_empty());
    let (children, _) = sim.walk(CRAWLER, "/rest/api/group/all-staff/groupmember").await;
    assert_eq!(column(&children, "name"), ["engineering", "hr-private"]);
    let (parents, _) = sim.walk(CRAWLER, "/rest/api/group/engineering/groupparent").await;
    assert_eq!(column(&parents, "name"), ["all-staff"]);
    let (of_cho, _) = sim.walk(CRAWLER, "/rest/api/user/memberof?username=cho").await;
    assert_eq!(column(&of_cho, "name"), ["all-staff", "confluence-users-acme", "engineering", "hr-private"]);
    sim.site().write().data_center_mut().unwrap().options.members_flattened = true;
    let (members, _) = sim.walk(CRAWLER, "/rest/api/group/hr-private/member").await;
    assert_eq!(column(&members, "username"), ["cho"]);
    let (members, _) = sim.walk(CRAWLER, "/rest/api/group/all-staff/member").await;
    assert_eq!(column(&members, "username"), ["ada", "automation", "ben", "cho"]);
    sim.site().write().data_center_mut().unwrap().options.nested_groups = false;
    let (of_cho, _) = sim.walk(CRAWLER, "/rest/api/user/memberof?username=cho").await;
    assert_eq!(column(&of_cho, "name"), ["confluence-users-acme", "hr-private"]);
}

#[tokio::test]
async fn a_slash_in_a_groups_name_gets_stuck_in_the_container() {
    let sim = acme().await;
    sim.site().write().add_group("team/ops", confluence_sim::GroupAccess::None);
    sim.site().write().add_member("team/ops", "ben").unwrap();
    let path = "/rest/api/group/team%2Fops/member";
    assert_eq!(sim.status_as(CRAWLER, path).await, 400);
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/group/team/ops/member").await, 404);
    let (of_ben, _) = sim.walk(CRAWLER, "/rest/api/user/memberof?username=ben").await;
    assert!(column(&of_ben, "name").contains(&"team/ops".to_owned()));
    sim.site().write().data_center_mut().unwrap().options.slash_in_paths = true;
    let (members, _) = sim.walk(CRAWLER, path).await;
    assert_eq!(column(&members, "username"), ["ben"]);
}

#[tokio::test]
async fn a_group_renamed_in_the_directory_is_another_one() {
    let sim = acme().await;
    sim.site().write().rename_group("engineering", "engineers").unwrap();
    let (groups, _) = sim.walk(CRAWLER, "/rest/api/group").await;
    assert!(!column(&groups, "name").contains(&"engineering".to_owned()));
    let (members, _) = sim.walk(CRAWLER, "/rest/api/group/engineers/member").await;
    assert_eq!(column(&members, "username"), ["ada", "automation", "ben"]);
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/group/engineering/member").await, 404);
    let lists = sim.json("/rest/api/content/65801/restriction/byOperation").await;
    assert_eq!(lists["read"]["restrictions"]["group"]["results"][0]["name"], "engineering");
    assert_eq!(sim.status_as(As::Bearer("ada-token"), "/rest/api/content/65802").await, 404);
}
