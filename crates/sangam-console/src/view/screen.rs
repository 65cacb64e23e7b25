//! A whole page: what is around the blocks.

use askama::Template;

use super::{Html, Tone};
use crate::assets::{self, Assets};

/// Where somebody can go.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The address.
    pub(crate) href: String,
    /// What is read.
    pub(crate) label: String,
    /// Whether one is there.
    pub(crate) current: bool,
}

/// Links under a title.
#[derive(Clone, Debug)]
pub(crate) struct NavGroup {
    /// The title.
    pub(crate) title: String,
    /// The links.
    pub(crate) links: Vec<Link>,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// The name.
    pub(crate) name: String,
    /// The role, as people read it.
    pub(crate) role: &'static str,
    /// The token that forms carry.
    pub(crate) csrf: String,
}

/// Something that is said above the blocks.
#[derive(Template, Clone, Debug)]
#[template(path = "notice.html")]
pub(crate) struct Notice {
    kind: &'static str,
    said: &'static str,
    text: String,
    link: Option<(String, String)>,
}

impl Notice {
    /// A notice of that tone.
    pub(crate) fn new(tone: Tone, text: &str) -> Self {
        let said = match tone {
            Tone::Good => "Success",
            Tone::Bad => "Error",
            Tone::Wait | Tone::Plain => "Note",
        };
        Self { kind: tone.class(), said, text: text.to_owned(), link: None }
    }

    /// With a way to go.
    pub(crate) fn link(mut self, href: &str, label: &str) -> Self {
        self.link = Some((href.to_owned(), label.to_owned()));
        self
    }
}

/// A page before it is rendered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen {
    title: String,
    lead: Option<String>,
    crumbs: Vec<Link>,
    actions: Vec<Html>,
    notices: Vec<Html>,
    blocks: Vec<Html>,
    refresh: Option<u32>,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    title: &'a str,
    assets: &'a Assets,
    mark: &'a str,
    refresh: Option<u32>,
    who: Option<&'a Who>,
    nav: &'a [NavGroup],
    crumbs: &'a [Link],
    actions: &'a [Html],
    lead: Option<&'a str>,
    notices: &'a [Html],
    blocks: &'a [Html],
    commands: &'a [String],
}

impl Screen {
    /// A page with its title.
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// With a sentence about what it is for.
    pub(crate) fn lead(mut self, lead: &str) -> Self {
        self.lead = Some(lead.to_owned());
        self
    }

    /// With the page above it.
    pub(crate) fn crumb(mut self, href: &str, label: &str) -> Self {
        self.crumbs.push(Link { href: href.to_owned(), label: label.to_owned(), current: false });
        self
    }

    /// With something to click beside the title.
    pub(crate) fn action(mut self, action: Html) -> Self {
        self.actions.push(action);
        self
    }

    /// With something said.
    pub(crate) fn notice(mut self, notice: &Notice) -> Self {
        self.notices.push(Html::of(notice));
        self
    }

    /// With something said, if there is something.
    pub(crate) fn notices(self, notices: impl IntoIterator<Item = Notice>) -> Self {
        notices.into_iter().fold(self, |screen, notice| screen.notice(&notice))
    }

    /// With a block.
    pub(crate) fn block(mut self, block: Html) -> Self {
        self.blocks.push(block);
        self
    }

    /// Loaded again after so many seconds where no scripts run.
    pub(crate) fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// The document.
    pub(crate) fn render(&self, who: Option<&Who>, nav: &[NavGroup], commands: &[String]) -> String {
        let layout = Layout {
            title: &self.title,
            assets: assets::all(),
            mark: assets::MARK,
            refresh: self.refresh,
            who,
            nav,
            crumbs: &self.crumbs,
            actions: &self.actions,
            lead: self.lead.as_deref(),
            notices: &self.notices,
            blocks: &self.blocks,
            commands,
        };
        Html::of(&layout).into_string()
    }
}
