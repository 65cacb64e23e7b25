//! The sites that come with the simulator, and what to ask the larger one.

use crate::site::Site;

impl Site {
    /// The small world of `fixtures/confluence/README.md`, with the ids that the fixtures use.
    pub fn acme() -> Self {
        Self::from_json(include_str!("../assets/acme-site.json")).expect("a test reads the bundled seed")
    }

    /// A company of eight people who run other people's batteries: three spaces, more than 220
    /// documents, restrictions on several levels of the tree, and a handbook open to the world.
    pub fn demo() -> Self {
        Self::from_json(include_str!("../assets/demo-site.json")).expect("a test reads the bundled seed")
    }
}

/// The token that belongs to the crawler of [`Site::demo`]; its e-mail is the first credential's.
///
/// Everybody else who is active has the token `demo-<handle>-token`, for looking at pages.
pub const DEMO_CRAWLER_TOKEN: &str = "demo-crawler-token";

/// A question that two people of [`Site::demo`] get different, right answers to.
#[derive(Debug, Clone, Copy)]
pub struct DemoQuestion {
    /// The question, in natural language.
    pub text: &'static str,
    /// Who asks, and the title of the page that answers them best.
    pub askers: [(&'static str, &'static str); 2],
}

/// What to ask the demo site. People are named by their e-mail.
pub const DEMO_QUESTIONS: &[DemoQuestion] = &[
    DemoQuestion {
        text: "How much severance do people in Odense get when their role is eliminated?",
        askers: [
            ("jonas.weber@fernhill.example", "Severance policy"),
            ("amara.okoye@fernhill.example", "Project Juniper: severance package"),
        ],
    },
    DemoQuestion {
        text: "What does a senior engineer earn?",
        askers: [
            ("tomas.herrera@fernhill.example", "Level E3: senior engineer"),
            ("daniel.kim@fernhill.example", "Salary bands 2026"),
        ],
    },
    DemoQuestion {
        text: "What do I do when people cannot log in?",
        askers: [("daniel.kim@fernhill.example", "Getting help"), ("tomas.herrera@fernhill.example", "Sign-in outage")],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::content::{Operation, Status};
    use crate::documents::Entity;
    use crate::people::AccountStatus;
    use crate::visibility::Reader;

    fn readers_of(site: &Site, title: &str) -> Vec<String> {
        let id = site.find_titled(title).unwrap().id;
        let reads = |id_of: &&crate::people::User| site.can_read(Reader::User(&id_of.account_id), id);
        site.everyone().filter(reads).map(|user| user.handle.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn the_demo_has_what_it_promises() {
        let site = Site::demo();
        assert_eq!(site.spaces().count(), 3);
        assert_eq!(site.everyone().filter(|user| user.handle != "crawler").count(), 8);
        assert!(site.everyone().any(|user| user.guest));
        assert!(site.everyone().any(|user| user.status == AccountStatus::Inactive));
        assert!(site.everyone().any(|user| user.email_hidden && user.status == AccountStatus::Active));
        let documents = site.documents();
        for (entity, at_least) in [
            (Entity::Page, 140),
            (Entity::Blog, 15),
            (Entity::Comment, 70),
            (Entity::Attachment, 30),
            (Entity::Space, 3),
        ] {
            let n = documents.iter().filter(|document| document.entity == entity).count();
            assert!(n >= at_least, "{entity:?}: {n}");
        }
        let in_sight = |document: &&crate::documents::Document| document.status == Status::Current;
        assert!(documents.iter().filter(in_sight).count() >= 220);
    }

    #[test]
    fn every_document_of_the_demo_has_a_word_of_its_own() {
        let lacking: Vec<_> = Site::demo()
            .documents()
            .into_iter()
            .filter(|document| document.word.is_none())
            .map(|it| format!("{} {}", it.id, it.title))
            .collect();
        assert!(lacking.is_empty(), "{lacking:#?}");
    }

    #[test]
    fn restrictions_of_the_demo_nest_as_described() {
        let site = Site::demo();
        let engineers = ["jonas", "maya", "priya", "tomas"];
        assert_eq!(readers_of(&site, "Runbooks"), engineers);
        assert_eq!(readers_of(&site, "Database failover: drill of June"), engineers, "open below a restricted parent");
        assert_eq!(readers_of(&site, "Break-glass credentials"), ["maya", "tomas"], "a list of its own besides");
        assert!(readers_of(&site, "Payroll export job").is_empty(), "lists without a common reader");
        assert_eq!(readers_of(&site, "Release checklist").len(), 8, "an edit list limits no reader, the guest neither");
        assert_eq!(readers_of(&site, "On-call compensation"), ["amara", "daniel", "maya"], "a group and a person");
        assert_eq!(readers_of(&site, "Executive compensation"), ["amara"]);
        let incident = site.find_titled("INC-1047: Portal showed another owner's earnings").unwrap();
        assert_eq!(site.content(incident.parent.unwrap()).unwrap().kind.as_str(), "folder");
        assert!(!incident.restriction(Operation::Read).is_empty());
        let handbook = site.find_titled("Severance policy").unwrap().id;
        assert!(site.can_read(Reader::Anonymous, handbook));
    }

    #[test]
    fn the_second_answer_of_a_question_is_not_for_the_first_asker() {
        let site = Site::demo();
        for question in DEMO_QUESTIONS {
            let [(first, plain), (second, better)] = question.askers;
            let may = |who: &str, title: &str| {
                let user = site.find_user(who).unwrap();
                site.can_read(Reader::User(&user.account_id), site.find_titled(title).unwrap().id)
            };
            assert!(may(first, plain) && may(second, plain) && may(second, better), "{}", question.text);
            assert!(!may(first, better), "{}", question.text);
        }
    }
}
