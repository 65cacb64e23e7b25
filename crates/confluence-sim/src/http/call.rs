//! One call: who asks for what, and the site as it is at this moment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::auth::Caller;
use super::query::Query;
use super::reply::{Reply, v2};
use crate::conduct::Conduct;
use crate::content::{Content, Kind, Status};
use crate::ids::{ContentId, SpaceId};
use crate::oauth::OAuth;
use crate::searches::Searches;
use crate::site::Site;
use crate::space::Space;
use crate::visibility::Viewer;

/// What a handler gets.
pub(crate) struct Call<'s> {
    pub(crate) site: &'s Site,
    pub(crate) viewer: Viewer<'s>,
    pub(crate) caller: Caller,
    pub(crate) oauth: &'s OAuth,
    pub(crate) conduct: &'s Conduct,
    pub(crate) searches: &'s Searches,
    /// The header as it came.
    pub(crate) authorization: Option<String>,
    pub(crate) path: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) query: Query,
    pub(crate) body: Vec<u8>,
    /// Scheme, host and port of this server, which media are served from.
    pub(crate) served_origin: String,
}

impl Call<'_> {
    /// Scheme and host of the site as links show them.
    pub(crate) fn origin(&self) -> &str {
        self.site.settings.base_url.as_deref().unwrap_or(&self.served_origin)
    }

    /// What `_links.base` says.
    pub(crate) fn base(&self) -> String {
        format!("{}/wiki", self.origin())
    }

    /// A part of the path by its name in the route.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// The id in the path, as v2 wants it: digits, for attachments with or without `att`.
    pub(crate) fn id(&self) -> Result<ContentId, Reply> {
        self.param("id").parse().map_err(|_| v2::bad_parameter("id", "Long"))
    }

    pub(crate) fn space_id(&self) -> Result<SpaceId, Reply> {
        self.param("id").parse().map(SpaceId).map_err(|_| v2::bad_parameter("id", "Long"))
    }

    pub(crate) fn json_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the caller may see the space.
    pub(crate) fn views_space(&self, space: &Space) -> bool {
        (self.caller.sees_everything() && space.status != crate::space::SpaceStatus::Trashed)
            || self.viewer.views_space(space)
    }

    /// Whether the caller may see the content where listings show it.
    pub(crate) fn reads(&self, content: &Content) -> bool {
        self.site.is_readable_state(content) && self.may_look_at(content)
    }

    /// Whether the caller may see it whatever its state: trashed pages still answer by id.
    pub(crate) fn may_look_at(&self, content: &Content) -> bool {
        if self.caller.sees_everything() {
            let space = self.site.anchor(content).and_then(|anchor| self.site.space(anchor.space));
            return space.is_some_and(|space| self.views_space(space));
        }
        self.viewer.passes_layers(content)
    }

    /// The content of this id, if it is of a wanted kind and the caller may see it in some state
    /// that answers by id.
    pub(crate) fn find(&self, id: ContentId, wanted: impl Fn(&Kind) -> bool) -> Result<&Content, Reply> {
        self.site
            .content(id)
            .filter(|content| wanted(&content.kind))
            .filter(|content| content.status != Status::Draft && self.may_look_at(content))
            .ok_or_else(v2::not_found)
    }

    /// The same for the space in the path.
    pub(crate) fn find_space(&self) -> Result<&Space, Reply> {
        self.site.space(self.space_id()?).filter(|space| self.views_space(space)).ok_or_else(v2::not_found)
    }
}

/// A time as the API writes it: UTC with milliseconds.
pub(crate) fn wire_time(at: Timestamp) -> String {
    format!("{at:.3}")
}
