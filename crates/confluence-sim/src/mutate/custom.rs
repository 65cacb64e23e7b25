//! What apps do to their own content, and live docs to theirs.

use super::NewContent;
use crate::content::{Content, Kind};
use crate::error::SimError;
use crate::ids::ContentId;
use crate::site::Site;

impl Site {
    /// Adds custom content on a page, a blog post or other custom content, with a body in storage
    /// format and the type as the app calls it.
    pub fn add_custom_content(
        &mut self,
        on: ContentId,
        app_type: &str,
        title: &str,
        body: &str,
        author: &str,
    ) -> Result<ContentId, SimError> {
        let container = self.content(on).ok_or_else(|| SimError::unknown("content", &on))?;
        let holds = matches!(container.kind, Kind::Page { .. } | Kind::BlogPost | Kind::Custom { .. });
        if !holds {
            return Err(SimError::Refused(format!("a {} holds no custom content", container.kind.as_str())));
        }
        let space = self.space(container.space).map(|space| space.key.clone()).unwrap_or_default();
        let kind = Kind::Custom { app_type: app_type.to_owned() };
        self.add(NewContent { kind, space: &space, parent: Some(on), title, body, author })
    }

    /// Hangs content, with all that is below it, at the top of a space. No version moves.
    pub fn move_to_space(&mut self, id: ContentId, space: &str) -> Result<(), SimError> {
        let space = self.find_space(space).ok_or_else(|| SimError::unknown("space", &space))?.id;
        if self.content(id).is_some_and(Content::is_always_contained) {
            return Err(SimError::Refused(format!("content `{id}` is in no space of its own")));
        }
        self.rehang(id, None)?;
        for moved in self.subtree(id).into_iter().chain([id]) {
            self.transfer(moved, space)?;
        }
        Ok(())
    }

    /// Lets a page have its text as ADF only, as a live doc that was never published, or makes an
    /// end of that. No version moves.
    pub fn set_adf_only(&mut self, id: ContentId, adf_only: bool) -> Result<(), SimError> {
        self.content_mut(id)?.adf_only = adf_only;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visibility::Reader;

    const CARD: &str = "ac:cards:card";

    #[test]
    fn custom_content_is_read_by_those_who_read_what_it_is_on() {
        let mut site = Site::acme();
        let post_mortem = site.find_titled("INC-42 post-mortem").unwrap().id;
        let open = site.find_titled("Database failover").unwrap().id;
        let card = site.add_custom_content(post_mortem, CARD, "Card", "<p>card</p>", "ada").unwrap();
        let inner = site.add_custom_content(card, CARD, "Inner", "", "ada").unwrap();
        let file = site.add_attachment(inner, "a.txt", "text/plain", b"a", "ada").unwrap();
        let comment = site.add_comment(card, "<p>Hm.</p>", "ada").unwrap();
        let all = [card, inner, file, comment];
        let people: Vec<String> = site.everyone().map(|user| user.account_id.clone()).collect();
        let as_of = |site: &Site, on: ContentId| {
            for who in &people {
                let reads = |id| site.can_read(Reader::User(who), id);
                assert!(all.iter().all(|id| reads(*id) == reads(on)), "{who}");
            }
        };
        as_of(&site, post_mortem);
        assert!(people.iter().any(|who| !site.can_read(Reader::User(who), card)));
        site.move_under(card, open).unwrap();
        as_of(&site, open);
        site.trash(open).unwrap();
        as_of(&site, open);
        site.restore(open).unwrap();
        site.trash(card).unwrap();
        assert!(all.iter().all(|id| people.iter().all(|who| !site.can_read(Reader::User(who), *id))));
        assert!(site.can_read(Reader::User(&site.find_user("ada").unwrap().account_id), open));
    }

    #[test]
    fn custom_content_of_a_space_is_read_by_its_viewers() {
        let mut site = Site::acme();
        let people = site.find_space("HR").unwrap().id;
        let kind = Kind::Custom { app_type: CARD.to_owned() };
        let new = NewContent { kind, space: "ENG", parent: None, title: "Card", body: "", author: "ada" };
        let card = site.add(new).unwrap();
        let [ada, ben] = ["ada", "ben"].map(|who| site.find_user(who).unwrap().account_id.clone());
        assert!(site.can_read(Reader::User(&ada), card) && site.can_read(Reader::User(&ben), card));
        site.move_to_space(card, "HR").unwrap();
        for who in [&ada, &ben] {
            assert_eq!(site.can_read(Reader::User(who), card), site.can_view_space(Reader::User(who), people));
        }
        let comment = site.add_comment(card, "", "ada").unwrap();
        assert!(
            site.move_to_space(comment, "ENG").is_err()
                && site.add_custom_content(comment, CARD, "", "", "ada").is_err()
        );
    }
}
