//! One call to a Data Center: who asks for what, and the site as it is at this moment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use super::door::Caller;
use super::reply;
use crate::content::{Content, Status};
use crate::dc::{DataCenter, DcVersion, DcViewer};
use crate::http::query::Query;
use crate::http::reply::Reply;
use crate::ids::ContentId;
use crate::oauth::OAuth;
use crate::searches::Searches;
use crate::site::Site;
use crate::space::{Space, SpaceStatus};

/// What a handler gets.
pub(crate) struct Call<'s> {
    pub(crate) site: &'s Site,
    pub(crate) dc: &'s DataCenter,
    pub(crate) oauth: &'s OAuth,
    pub(crate) searches: &'s Searches,
    pub(crate) viewer: DcViewer<'s>,
    pub(crate) caller: Caller,
    /// Without the context path.
    pub(crate) path: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) query: Query,
    pub(crate) accept: String,
    pub(crate) body: Vec<u8>,
    /// The served address with the context path.
    pub(crate) served: String,
}

impl Call<'_> {
    /// What `_links.base` says: the configured address, which may be another than the served one.
    pub(crate) fn base(&self) -> &str {
        self.site.settings.base_url.as_deref().unwrap_or(&self.served)
    }

    pub(crate) fn context_path(&self) -> &str {
        &self.dc.options.context_path
    }

    pub(crate) fn has(&self, version: DcVersion) -> bool {
        self.dc.options.version >= version
    }

    /// A part of the path by its name in the route.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The names in `expand`; `default` where the call has none.
    pub(crate) fn expand<'a>(&'a self, default: &'a str) -> Expand<'a> {
        if self.query.get("expand").is_none() {
            return Expand(default.split(',').filter(|name| !name.is_empty()).collect());
        }
        Expand(self.query.all("expand"))
    }

    pub(crate) fn views_space(&self, space: &Space) -> bool {
        (self.viewer.sees_all() && space.status != SpaceStatus::Trashed) || self.viewer.views_space(space)
    }

    pub(crate) fn administers_space(&self, space: &Space) -> bool {
        self.views_space(space) && self.viewer.administers_space(space)
    }

    /// Whether the caller may see it where listings show it.
    pub(crate) fn reads(&self, content: &Content) -> bool {
        self.site.is_readable_state(content) && self.passes_layers(content)
    }

    fn passes_layers(&self, content: &Content) -> bool {
        if self.viewer.sees_all() {
            let space = self.site.anchor(content).and_then(|anchor| self.site.space(anchor.space));
            return space.is_some_and(|space| self.views_space(space));
        }
        self.viewer.passes_layers(content)
    }

    /// Whether the caller may see it when asking for these statuses: the trash is for those who
    /// administer the space, drafts are for their authors.
    pub(crate) fn reads_in(&self, content: &Content, statuses: &[Status]) -> bool {
        if !statuses.contains(&content.status) || !self.passes_layers(content) {
            return false;
        }
        match content.status {
            Status::Current | Status::Archived => self.reads(content),
            Status::Trashed => self.site.space(content.space).is_some_and(|space| self.administers_space(space)),
            Status::Draft => matches!(&self.caller, Caller::Account { id, .. } if *id == content.author),
        }
    }

    /// The statuses that the call asks for: current ones when it does not say.
    pub(crate) fn statuses(&self) -> Result<Vec<Status>, Reply> {
        let mut statuses = Vec::new();
        for word in self.query.all("status") {
            match word {
                "current" => statuses.push(Status::Current),
                "trashed" => statuses.push(Status::Trashed),
                "draft" => statuses.push(Status::Draft),
                "any" => statuses.extend([Status::Current, Status::Trashed]),
                other => return Err(reply::bad_request(&format!("Unsupported content status: {other}"))),
            }
        }
        if statuses.is_empty() {
            statuses.push(Status::Current);
        }
        Ok(statuses)
    }

    /// The content in the path, in one of the statuses that the call asks for.
    pub(crate) fn find(&self) -> Result<&Content, Reply> {
        let statuses = self.statuses()?;
        let id = self.param("id");
        let found = id.parse::<ContentId>().ok().and_then(|id| self.site.content(id));
        found.filter(|content| self.reads_in(content, &statuses)).ok_or_else(|| reply::no_content(id))
    }

    /// The space in the path; keys are read without regard to case.
    pub(crate) fn find_space(&self) -> Result<&Space, Reply> {
        let key = self.param("key");
        self.site.find_space(key).filter(|space| self.views_space(space)).ok_or_else(|| reply::no_space(key))
    }

    /// Ends the call of whoever does not administer Confluence.
    pub(crate) fn admins_only(&self) -> Result<(), Reply> {
        if self.viewer.is_admin() {
            return Ok(());
        }
        Err(reply::not_permitted("Not permitted to view this resource"))
    }

    /// `start`, or another number of the query.
    pub(crate) fn number(&self, name: &str, default: usize) -> Result<usize, Reply> {
        match self.query.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| reply::bad_request(&format!("{name} is not a number: {text}"))),
        }
    }

    /// A time as a Data Center writes it: with the server's own offset and milliseconds.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let offset = Offset::from_seconds(self.site.settings.utc_offset_minutes * 60).unwrap_or(Offset::UTC);
        let civil = offset.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        let minutes = offset.seconds() / 60;
        if minutes == 0 {
            return format!("{civil}Z");
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{civil}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }
}

/// The names in an `expand`.
pub(crate) struct Expand<'a>(pub(crate) Vec<&'a str>);

impl Expand<'_> {
    /// Whether `name`, or something below it, is to be shown.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|it| it.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    /// What is to be shown below `name`.
    pub(crate) fn below(&self, name: &str) -> Expand<'_> {
        Expand(self.0.iter().filter_map(|it| it.strip_prefix(name)?.strip_prefix('.')).collect())
    }

    /// The largest page that the server makes of such rows, whatever is asked for.
    pub(crate) fn limit_max(&self) -> usize {
        let any = |names: &[&str]| names.iter().any(|name| self.has(name));
        if any(&["body.export_view", "body.styled_view", "body.view", "children"]) {
            25
        } else if any(&["body"]) {
            50
        } else if any(&["restrictions", "ancestors"]) {
            100
        } else {
            200
        }
    }
}
