//! Every version, and the storm: whatever happened, one sync later everybody finds what the site shows.

use confluence_sim::{
    AccessClass, AccountStatus, ContentId, DcOptions, DcVersion, EmailVisibility, JsonRpc, Kind, Operation, Site,
    SpaceStatus, Status, Subject,
};
use sangam_sync::CrawlMode;
use serde_json::json;

use super::{World, acme, acme_with};

#[tokio::test]
async fn on_every_version_everybody_finds_what_the_site_shows() {
    for version in DcVersion::ALL {
        for is_open in [false, true] {
            let mut site = acme(version);
            site.settings.anonymous_access = is_open;
            let mut world = World::new(site).await;
            world.more = json!({ "isCrawlArchivedSpace": true, "isCrawlPersonalSpace": true });
            world.sync().await;
            assert!(world.shelf.documents.len() > 20, "{}", world.shelf.documents.len());
            assert!(!world.readers("page/65802").is_empty(), "somebody reads something on {version:?}");
            world.assert_agreement(&format!("on {version:?}, open: {is_open}"));
            let sent = world.shelf.sent.len();
            world.sync().await;
            assert!(sent > 20 && world.shelf.sent.is_empty(), "nothing changed: {:?}", world.shelf.sent);
            world.assert_agreement("again");
        }
    }
}

#[tokio::test]
async fn flattened_members_no_context_and_another_configured_base_make_no_difference() {
    let options = [
        DcOptions { members_flattened: true, ..DcOptions::default() },
        DcOptions { context_path: String::new(), ..DcOptions::default() },
        DcOptions { base_url: Some("https://wiki.acme.example/wiki".into()), ..DcOptions::default() },
        DcOptions { emails: EmailVisibility::Masked, slash_in_paths: true, ..DcOptions::default() },
        DcOptions { json_rpc: Some(JsonRpc::WebSudo), ..DcOptions::default() },
    ];
    for options in options {
        let base = options.base_url.clone();
        let mut world = World::new(acme_with(options.clone())).await;
        world.sync().await;
        world.assert_agreement(&format!("with {options:?}"));
        if let Some(base) = base {
            assert!(world.shelf.documents["page/65802"].uri.starts_with(&base), "people open the configured address");
        }
    }
}

/// A small generator, so that a failure can be repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.roll(things.len())]
    }

    fn some<'t>(&mut self, names: &[&'t str]) -> Vec<&'t str> {
        names.iter().copied().filter(|_| self.roll(3) == 0).collect()
    }
}

const PEOPLE: [&str; 5] = ["ada", "ben", "cho", "dmitri", "gia"];
const GROUPS: [&str; 5] = ["engineering", "hr-private", "confluence-users", "confluence-admins-acme", "team/ops"];
const SPACES: [&str; 3] = ["ENG", "HR", "KB"];

fn ids(site: &Site, is_wanted: impl Fn(&confluence_sim::Content) -> bool) -> Vec<ContentId> {
    site.contents().filter(|content| is_wanted(content)).map(|content| content.id).collect()
}

/// One change. One that the site refuses, such as moving a page below itself, is none.
fn change(site: &mut Site, dice: &mut Dice) -> String {
    let pages = ids(site, |content| matches!(content.kind, Kind::Page { .. }) && content.status == Status::Current);
    let restricted = ids(site, |content| content.kind.is_tree_node() || matches!(content.kind, Kind::BlogPost));
    let (page, other, person, group, space) =
        (*dice.pick(&pages), *dice.pick(&pages), *dice.pick(&PEOPLE), *dice.pick(&GROUPS), *dice.pick(&SPACES));
    let kind = dice.roll(20);
    let done = match kind {
        0 => site.edit(page, "<p>edited</p>", "ada"),
        1 => site.rename(page, &format!("Renamed? {}", dice.roll(1000)), "ada"),
        2 | 3 => {
            let (users, groups) = (dice.some(&PEOPLE), dice.some(&GROUPS));
            site.restrict(*dice.pick(&restricted), Operation::Read, &users, &groups)
        }
        4 => site.restrict(page, Operation::Read, &[], &[]),
        5 | 6 => site.move_under(page, other),
        7 => site.add_member(group, person),
        8 => site.remove_member(group, person),
        9 => site.add_comment(page, "<p>hm</p>", "ben").map(drop),
        10 => site.add_attachment(page, "a.txt", "text/plain", b"a", "ben").map(drop),
        11 => site.trash(page),
        12 => {
            let gone = ids(site, |content| content.kind.is_tree_node() && content.status == Status::Trashed);
            if gone.is_empty() { Ok(()) } else { site.restore(*dice.pick(&gone)) }
        }
        13 => {
            let status = *dice.pick(&[AccountStatus::Active, AccountStatus::Active, AccountStatus::Inactive]);
            site.set_user_status(person, status)
        }
        14 => {
            let subject = match dice.roll(3) {
                0 => Subject::User(site.find_user(person).unwrap().account_id.clone()),
                1 => Subject::Class(AccessClass::AnonymousUsers),
                _ => Subject::Group(site.find_group(group).unwrap().id.clone()),
            };
            if dice.roll(2) == 0 { site.grant(space, subject, "read", "space") } else { site.revoke(space, &subject) }
        }
        15 => site.nest_group(group, dice.pick::<&str>(&GROUPS)),
        16 => site.unnest_group(group, dice.pick::<&str>(&GROUPS)),
        17 => site.set_can_use(person, dice.roll(2) == 0),
        18 => {
            site.settings.anonymous_access = !site.settings.anonymous_access;
            Ok(())
        }
        _ => site.add_page(space, None, &format!("New {}", dice.roll(100_000)), "<p>new</p>", "ada").map(drop),
    };
    format!("{kind} page {page} to {other} {person} {group} {space}: {done:?}")
}

#[tokio::test]
async fn after_a_thousand_random_changes_and_one_sync_everybody_finds_what_the_site_shows() {
    for (seed, version) in (1..=8).zip(DcVersion::ALL.into_iter().cycle()) {
        let mut dice = Dice(seed);
        let nested_groups = seed % 3 != 0;
        let mut site = acme_with(DcOptions { version, nested_groups, ..DcOptions::default() });
        site.add_group("team/ops", confluence_sim::GroupAccess::None);
        let mut world = World::new(site).await;
        if seed > 4 {
            // Every list is verified at every run.
            world.settings.recheck_after = std::time::Duration::ZERO;
        }
        world.sync().await;
        for n_changes in [5, 5, 100, 1000] {
            let changes: Vec<String> =
                (0..n_changes).map(|_| change(&mut world.sim.site().write(), &mut dice)).collect();
            world.sync().await;
            let last: Vec<&String> = changes.iter().rev().take(20).collect();
            world.assert_agreement(&format!("seed {seed}, {version:?}, nested {nested_groups}: {last:#?}"));
        }
    }
}

#[tokio::test]
async fn an_archived_space_is_listed_by_switch_and_left_out_without_a_trace() {
    let mut world = World::new(acme(DcVersion::V7_19)).await;
    world.sync().await;
    let n = world.shelf.documents.len();
    world.sim.site().write().set_space_status("ENG", SpaceStatus::Archived).unwrap();
    world.sync().await;
    assert!(world.shelf.documents.len() < n, "what is archived is excluded");
    world.more = json!({ "isCrawlArchivedSpace": true });
    world.sync().await;
    world.assert_agreement("archived");
    assert!(world.shelf.documents.contains_key("page/65802"));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.shelf.sent.is_empty());
}
