//! The directory.

use axum::extract::Path;
use serde_json::Value;

use super::{flags, group, person};
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Field, Form, Html, Notice, Opt, Screen, Section, Table, Tone};
use crate::visit::{InIndex, Visit};

/// Rows on a page.
const PAGE: &str = "50";

/// A list of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// People.
    People,
    /// Groups.
    Groups,
    /// Those of whom nothing but an id is known.
    Unknown,
}

impl List {
    const ALL: [Self; 3] = [Self::People, Self::Groups, Self::Unknown];

    const fn path(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Groups => "groups",
            Self::Unknown => "unknown",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::People => "People and groups",
            Self::Groups => "Groups",
            Self::Unknown => "Unknown principals",
        }
    }

    /// What a link to it is called.
    const fn link(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Groups | Self::Unknown => self.title(),
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::People => {
                "Whom Confluence knows, as the identity crawler found them. A query finds a person by every name below."
            }
            Self::Groups => {
                "The groups of Confluence, as the identity crawler found them. A query finds a group by its name or ID."
            }
            Self::Unknown => {
                "Accounts and groups that access lists or groups name and that no data source described. No query finds them, so what lets in only them, nobody reads."
            }
        }
    }

    /// By what names its entries are found.
    const fn names(self) -> &'static str {
        match self {
            Self::People => "Name, e-mail or account ID",
            Self::Groups => "Name or group ID",
            Self::Unknown => "Account or group ID",
        }
    }

    /// What can be asked for, besides names.
    fn filter(self) -> Option<Field> {
        let option = |(value, label): &(&str, &str)| Opt::new(value, label, "");
        let options: &[(&str, &str)] = match self {
            Self::People => &[
                ("", "Everybody"),
                ("hidden-email", "Hidden e-mail: found by account id"),
                ("contested", "Shares a name: found by account id"),
                ("guest", "Guests"),
                ("inactive", "Inactive"),
                ("app", "Apps"),
            ],
            Self::Groups => &[("", "All groups"), ("unknown-members", "With unknown members")],
            Self::Unknown => return None,
        };
        Some(Field::select("flag", "Show", options.iter().map(option).collect()))
    }
}

/// People.
pub(super) async fn people(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let listed = visit.v1("GET", &["indices", &id, "people"], &query(&visit), None).await?;
    let total = listed["total"].as_u64().unwrap_or_default();
    let mut table = Table::new(
        &format!("People ({total})"),
        &["Name", "E-mail", "Account ID", "State"],
        "Nobody is known that fits. People are found by the identity crawler, with the next sync.",
    );
    for found in listed["people"].as_array().into_iter().flatten() {
        let text = |name: &str| found[name].as_str().unwrap_or_default();
        table = table.row(vec![
            person(&index, text("dataSourceId"), found),
            Cell::text(text("email")),
            Cell::code(text("id")),
            flags(found),
        ]);
    }
    let unknown = unknown_notice(&index, listed["unknownPrincipals"].as_u64().unwrap_or_default());
    let table = table.next(next(&visit, &index, List::People, &listed)).render();
    Ok(page(&visit, &index, List::People, unknown, table))
}

/// Groups.
pub(super) async fn groups(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let listed = visit.v1("GET", &["indices", &id, "groups"], &query(&visit), None).await?;
    let total = listed["total"].as_u64().unwrap_or_default();
    let mut table = Table::new(
        &format!("Groups ({total})"),
        &["Name", "Members", "Groups in it", "Gives access to the product", "Remarks"],
        "No group is known that fits.",
    );
    for found in listed["groups"].as_array().into_iter().flatten() {
        let source = found["dataSourceId"].as_str().unwrap_or_default();
        table = table.row(vec![
            group(&index, source, found),
            Cell::number(found["members"].as_i64().unwrap_or_default()),
            Cell::number(found["nestedGroups"].as_i64().unwrap_or_default()),
            Cell::text(if found["productAccess"] == true { "yes" } else { "" }),
            unknown_members(found["unknownMembers"].as_u64().unwrap_or_default()),
        ]);
    }
    let table = table.next(next(&visit, &index, List::Groups, &listed)).render();
    Ok(page(&visit, &index, List::Groups, None, table))
}

fn unknown_members(n: u64) -> Html {
    match n {
        0 => Cell::text(""),
        1 => Cell::badge(Tone::Bad, "1 unknown member"),
        n => Cell::badge(Tone::Bad, &format!("{n} unknown members")),
    }
}

fn unknown_notice(index: &InIndex, n: u64) -> Option<Notice> {
    let told = match n {
        0 => return None,
        1 => "An account or group is named by access lists or groups, and no data source described it.".to_owned(),
        n => {
            format!("{n} accounts or groups are named by access lists or groups, and no data source described them.")
        }
    };
    Some(Notice::new(Tone::Wait, &told).link(&index.href(List::Unknown.path()), "Show them"))
}

/// What a list is asked with.
pub(super) fn query(visit: &Visit) -> Fields {
    let mut query = Fields::default();
    query.push("limit", PAGE);
    for name in ["like", "flag", "from"] {
        if let Some(value) = visit.query().given(name) {
            query.push(name, value);
        }
    }
    query
}

/// The address of the page that follows, if one does.
pub(super) fn next(visit: &Visit, index: &InIndex, list: List, listed: &Value) -> Option<String> {
    let from = listed["next"].as_u64()?;
    let mut query = visit.query().clone();
    query.set("from", &from.to_string());
    Some(format!("{}?{}", index.href(list.path()), query.encode()))
}

/// The page of a list: what is asked, and what was found.
pub(super) fn page(
    visit: &Visit,
    index: &InIndex,
    list: List,
    notice: Option<Notice>,
    table: Html,
) -> crate::answer::Answer {
    let mut section = Section::new("").field(Field::text("like", list.names()).optional());
    if let Some(filter) = list.filter() {
        section = section.field(filter);
    }
    let find = Form::search(&index.href(list.path()), Button::primary("", "Find")).section(section);
    let html = find.render(visit.csrf(), visit.query(), &mut Troubles::default());
    let mut screen = Screen::new(list.title())
        .lead(list.lead())
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .notices(notice);
    for other in List::ALL.into_iter().filter(|other| *other != list) {
        screen = screen.action(Action::plain(&index.href(other.path()), other.link()));
    }
    visit.page(&screen.block(html).block(table), Some(index))
}
