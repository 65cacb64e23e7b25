//! Walks a listing of the whole site, page by page, from where an earlier sync stopped.

use sangam_sync::SourceError;

use super::Run;
use crate::{
    client::{Listing, Page, Row},
    error::ClientError,
    map::space_node,
    walk::{
        checkpoint::{Begin, Position, SiteListing},
        spaces::CrawledSpace,
    },
};

/// A listing of the whole site.
pub(super) struct SiteWalk {
    listing: SiteListing,
    pages: Listing,
    path: &'static str,
    query: Vec<(&'static str, &'static str)>,
    /// True until the first page after an interruption was read: its cursor may have expired.
    is_resumed: bool,
}

impl Run<'_> {
    /// Begins a listing, or goes on with it; `None` if it was done before the interruption.
    pub(super) fn site_walk(
        &self,
        listing: SiteListing,
        path: &'static str,
        query: Vec<(&'static str, &'static str)>,
    ) -> Option<SiteWalk> {
        let resumed = match self.resume.begin(listing) {
            Begin::Done => return None,
            Begin::First => None,
            Begin::At(url) => self.client.list_from(url),
        };
        let is_resumed = resumed.is_some();
        let pages = resumed.unwrap_or_else(|| self.client.list(path, &query));
        Some(SiteWalk { listing, pages, path, query, is_resumed })
    }

    /// The next page of a walk; `None` after the last one. A listing that breaks off ends here too, and then no space is complete.
    pub(super) async fn site_page<T: Row>(
        &mut self,
        walk: &mut SiteWalk,
        spaces: &[CrawledSpace],
    ) -> Result<Option<Page<T>>, SourceError> {
        let mut result = walk.pages.page().await;
        if walk.is_resumed && matches!(result, Err(ClientError::Rejected { .. } | ClientError::Malformed { .. })) {
            walk.pages = self.client.list(walk.path, &walk.query);
            result = walk.pages.page().await;
        }
        walk.is_resumed = false;
        match result {
            Ok(page) => Ok(page),
            Err(error) if error.ends_the_sync() => Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!(
                    "a listing of the whole site broke off, so nothing that it lacks is deleted: {error}"
                ));
                for space in spaces {
                    self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
                }
                Ok(None)
            }
        }
    }

    /// Notes that a page of a walk is sent.
    pub(super) fn site_page_done(&mut self, walk: &SiteWalk, next: Option<String>) {
        let following = match walk.listing {
            SiteListing::FooterComments => SiteListing::InlineComments,
            SiteListing::InlineComments | SiteListing::Attachments => SiteListing::Attachments,
        };
        let listing = if next.is_some() { walk.listing } else { following };
        self.outbox.advance(Position::Site { listing, next });
    }
}
