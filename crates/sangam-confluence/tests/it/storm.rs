//! Random changes of everything that a site can change, each followed by a sync: who finds what is what the site says.

use confluence_sim::{AccessClass, AccountStatus, ContentId, Kind, Operation, Site, Status, Subject};

use crate::world::{World, acme};

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
const GROUPS: [&str; 5] =
    ["engineering", "hr-private", "confluence-users-acme", "confluence-admins-acme", "confluence-guests-acme"];
const SPACES: [&str; 3] = ["ENG", "HR", "KB"];

fn ids(site: &Site, is_wanted: impl Fn(&confluence_sim::Content) -> bool) -> Vec<ContentId> {
    site.contents().filter(|content| is_wanted(content)).map(|content| content.id).collect()
}

/// One change. One that the site refuses, such as moving a page below itself, is none.
fn change(site: &mut Site, dice: &mut Dice) -> String {
    let pages = ids(site, |content| matches!(content.kind, Kind::Page { .. }) && content.status == Status::Current);
    let nodes = ids(site, |content| content.kind.is_tree_node() && content.status == Status::Current);
    let restricted = ids(site, |content| content.kind.is_tree_node() || matches!(content.kind, Kind::BlogPost));
    let (page, node, person, group, space) =
        (*dice.pick(&pages), *dice.pick(&nodes), *dice.pick(&PEOPLE), *dice.pick(&GROUPS), *dice.pick(&SPACES));
    let kind = dice.roll(16);
    let done = match kind {
        0 => site.edit(page, "<p>edited</p>", "ada"),
        1 => site.rename(page, &format!("Renamed {}", dice.roll(1000)), "ada"),
        2 | 3 => {
            let (users, groups) = (dice.some(&PEOPLE), dice.some(&GROUPS));
            site.restrict(*dice.pick(&restricted), Operation::Read, &users, &groups)
        }
        4 => site.restrict(node, Operation::Read, &[], &[]),
        5 | 6 => site.move_under(page, node),
        7 => site.add_member(group, person),
        // A guest in no group is found by the search for people, which the simulator does not have.
        8 if group == "confluence-guests-acme" => Ok(()),
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
            let subject = match dice.roll(4) {
                0 => Subject::User(site.find_user(person).unwrap().account_id.clone()),
                1 => Subject::Class(AccessClass::AllLicensedUsers),
                2 => Subject::Class(AccessClass::AnonymousUsers),
                _ => Subject::Group(site.find_group(group).unwrap().id.clone()),
            };
            if dice.roll(2) == 0 { site.grant(space, subject, "read", "space") } else { site.revoke(space, &subject) }
        }
        _ => site.add_page(space, None, &format!("New {}", dice.roll(100_000)), "<p>new</p>", "ada").map(drop),
    };
    format!("{kind} page {page} node {node} {person} {group} {space}: {done:?}")
}

#[tokio::test]
async fn after_random_changes_and_a_sync_everybody_finds_what_the_site_shows() {
    for seed in 1..=6 {
        let mut dice = Dice(seed);
        let mut site = acme();
        site.settings.checks_folders = seed % 3 != 0;
        site.settings.anonymous_access = seed % 2 == 0;
        let mut world = World::new(site).await;
        // No call tells that a folder's list changed: it is asked for at every run.
        world.settings.recheck_after = std::time::Duration::ZERO;
        world.sync().await;
        for round in 0..6 {
            let changes: Vec<String> = (0..5).map(|_| change(&mut world.sim.site().write(), &mut dice)).collect();
            world.sync().await;
            world.assert_agreement_after(&format!("seed {seed}, round {round}: {changes:#?}"));
        }
    }
}

#[tokio::test]
async fn after_a_thousand_changes_and_one_sync_everybody_finds_what_the_site_shows() {
    for seed in 101..=104 {
        let mut dice = Dice(seed);
        let mut site = acme();
        site.settings.anonymous_access = seed % 2 == 0;
        let mut world = World::new(site).await;
        world.settings.recheck_after = std::time::Duration::ZERO;
        world.sync().await;
        for _ in 0..1000 {
            change(&mut world.sim.site().write(), &mut dice);
        }
        world.sync().await;
        world.assert_agreement_after(&format!("seed {seed}"));
    }
}
