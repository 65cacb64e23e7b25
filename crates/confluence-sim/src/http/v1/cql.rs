//! The part of the Confluence query language that crawlers use.
//!
//! ```text
//! query  = any [ "order" "by" field [ "asc" | "desc" ] ]
//! any    = all { "or" all }
//! all    = one { "and" one }
//! one    = "not" one | "(" any ")" | clause
//! clause = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~" ) value
//!        | field [ "not" ] "in" "(" value { "," value } ")"
//! value  = word | "text" | now [ "(" "-90m" ")" ]
//! ```

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::content::Content;
use crate::documents::without_tags;
use crate::site::Site;

/// Parentheses within parentheses, no more than that: nobody writes them by hand.
const DEPTH_MAX: usize = 32;

/// A parsed query.
#[derive(Debug)]
pub(crate) struct Cql {
    condition: Condition,
    order: Option<(String, bool)>,
    by_clock: bool,
}

#[derive(Debug)]
pub(crate) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Clause(Clause),
}

#[derive(Debug)]
pub(crate) struct Clause {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) values: Vec<String>,
    /// The point in time that a date clause compares with.
    time: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Is,
    IsNot,
    After,
    AtLeast,
    Before,
    AtMost,
    Contains,
    Lacks,
}

/// Fields about people are missing on purpose: they are for the search of people.
const FIELDS: [&str; 15] = [
    "space",
    "space.type",
    "type",
    "id",
    "content",
    "lastmodified",
    "created",
    "parent",
    "ancestor",
    "container",
    "label",
    "title",
    "text",
    "creator",
    "contributor",
];

impl Cql {
    /// `None` for what cannot be understood.
    pub(crate) fn parse(text: &str, site: &Site) -> Option<Self> {
        let mut tokens = Tokens { rest: text, by_clock: false };
        let condition = tokens.any(site, 0)?;
        if !tokens.keyword("order") {
            let by_clock = tokens.by_clock;
            return tokens.rest.trim().is_empty().then_some(Self { condition, order: None, by_clock });
        }
        tokens.keyword("by").then_some(())?;
        let field = tokens.word()?.to_lowercase();
        let descending = match tokens.word()?.to_lowercase().as_str() {
            "" | "asc" => false,
            "desc" => true,
            _ => return None,
        };
        let known = matches!(field.as_str(), "lastmodified" | "created" | "title" | "id");
        let order = Some((field, descending));
        (known && tokens.rest.trim().is_empty()).then_some(Self { condition, order, by_clock: tokens.by_clock })
    }

    pub(super) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whether the same query may find something else a moment later.
    pub(crate) fn goes_by_clock(&self) -> bool {
        self.by_clock
    }

    /// The field to order by and whether to begin at its end.
    pub(crate) fn order(&self) -> Option<(&str, bool)> {
        self.order.as_ref().map(|(field, descending)| (field.as_str(), *descending))
    }

    pub(crate) fn matches(&self, site: &Site, content: &Content) -> bool {
        self.condition.matches(site, content)
    }

    /// The words that are looked for in titles and texts, in lower case.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        self.condition.words(&mut words);
        words
    }
}

impl Condition {
    fn matches(&self, site: &Site, content: &Content) -> bool {
        match self {
            Self::Any(list) => list.iter().any(|it| it.matches(site, content)),
            Self::All(list) => list.iter().all(|it| it.matches(site, content)),
            Self::Not(it) => !it.matches(site, content),
            Self::Clause(clause) => clause.matches(site, content),
        }
    }

    fn words(&self, out: &mut Vec<String>) {
        match self {
            Self::Any(list) | Self::All(list) => list.iter().for_each(|it| it.words(out)),
            Self::Clause(clause) if clause.operator == Operator::Contains => {
                out.extend(clause.values.iter().flat_map(|value| looked_for(value)));
            }
            Self::Not(_) | Self::Clause(_) => {}
        }
    }
}

/// The words of a value of `~`, without the signs of wildcards.
fn looked_for(value: &str) -> Vec<String> {
    let words = value.split_whitespace().map(|word| word.trim_matches(['*', '?', '"']).to_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

impl Clause {
    fn matches(&self, site: &Site, content: &Content) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| {
            self.values.iter().any(|value| test(value)) == matches!(self.operator, Operator::Is | Operator::Contains)
        };
        let id_in = |ids: &mut dyn Iterator<Item = String>| {
            let ids: Vec<String> = ids.collect();
            any(&|value| ids.iter().any(|id| id == value))
        };
        let space = || site.space(content.space);
        match self.field.as_str() {
            "space" => any(&|value| space().is_some_and(|space| value.eq_ignore_ascii_case(&space.key))),
            "space.type" => any(&|value| space().is_some_and(|space| value == space.kind)),
            "type" => any(&|value| value == content.kind.as_str()),
            "id" | "content" => any(&|value| value == content.wire_id() || value == content.id.to_string()),
            "title" if matches!(self.operator, Operator::Contains | Operator::Lacks) => {
                any(&|value| holds(&content.title, value))
            }
            "title" => any(&|value| value == content.title),
            "text" => {
                let text = format!("{} {}", content.title, without_tags(&content.storage()));
                any(&|value| holds(&text, value))
            }
            "label" => any(&|value| content.labels.iter().any(|label| label.name == value)),
            "creator" => any(&|value| value == content.author),
            "contributor" => any(&|value| value == content.author || value == content.version.author),
            "parent" => id_in(&mut content.parent.iter().map(ToString::to_string)),
            "container" => {
                let anchor = site.anchor(content).filter(|anchor| anchor.id != content.id);
                id_in(&mut anchor.iter().map(|anchor| anchor.id.to_string()))
            }
            "ancestor" => {
                let above = site.ancestors(content).unwrap_or_default();
                id_in(&mut above.iter().map(|node| node.id.to_string()))
            }
            "created" => self.compares(content.created_at),
            _ => self.compares(content.version.created_at),
        }
    }

    fn compares(&self, at: Timestamp) -> bool {
        let Some(time) = self.time else { return false };
        match self.operator {
            // Dates have the precision of a minute.
            Operator::Is => at.as_second() / 60 == time.as_second() / 60,
            Operator::IsNot => at.as_second() / 60 != time.as_second() / 60,
            Operator::After => at > time,
            Operator::AtLeast => at >= time,
            Operator::Before => at < time,
            Operator::AtMost => at <= time,
            Operator::Contains | Operator::Lacks => false,
        }
    }
}

fn holds(text: &str, value: &str) -> bool {
    let text = text.to_lowercase();
    looked_for(value).iter().all(|word| text.contains(word.as_str()))
}

struct Tokens<'t> {
    rest: &'t str,
    /// Whether `now` was read.
    by_clock: bool,
}

impl<'t> Tokens<'t> {
    fn any(&mut self, site: &Site, depth: usize) -> Option<Condition> {
        let mut list = vec![self.all(site, depth)?];
        while self.keyword("or") {
            list.push(self.all(site, depth)?);
        }
        Some(Condition::Any(list))
    }

    fn all(&mut self, site: &Site, depth: usize) -> Option<Condition> {
        let mut list = vec![self.one(site, depth)?];
        while self.keyword("and") {
            list.push(self.one(site, depth)?);
        }
        Some(Condition::All(list))
    }

    fn one(&mut self, site: &Site, depth: usize) -> Option<Condition> {
        if depth > DEPTH_MAX {
            return None;
        }
        if self.keyword("not") {
            return self.one(site, depth + 1).map(|it| Condition::Not(Box::new(it)));
        }
        if self.symbol("(").is_some() {
            let inner = self.any(site, depth + 1)?;
            self.symbol(")")?;
            return Some(inner);
        }
        self.clause(site).map(Condition::Clause)
    }

    /// Takes the next word if it is this one.
    fn keyword(&mut self, wanted: &str) -> bool {
        let before = self.rest;
        if self.word().is_some_and(|word| word.eq_ignore_ascii_case(wanted)) {
            return true;
        }
        self.rest = before;
        false
    }

    /// The next bare word; empty at the end.
    fn word(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || "=!<>~(),\"".contains(c)).unwrap_or(rest.len());
        if end == 0 && !rest.is_empty() {
            return None;
        }
        self.rest = &rest[end..];
        Some(&rest[..end])
    }

    fn symbol(&mut self, symbol: &str) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(symbol)?;
        Some(())
    }

    /// A quoted text or a bare word that is not empty.
    fn value(&mut self) -> Option<String> {
        if self.symbol("\"").is_none() {
            return self.word().filter(|word| !word.is_empty()).map(str::to_owned);
        }
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Some(text);
                }
                '\\' => text.push(chars.next()?.1),
                _ => text.push(c),
            }
        }
        None
    }

    fn operator(&mut self) -> Option<Operator> {
        // The longer ones first, so that `>=` is not read as `>`.
        let table = [
            ("!=", Operator::IsNot),
            ("!~", Operator::Lacks),
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            ("=", Operator::Is),
            (">", Operator::After),
            ("<", Operator::Before),
            ("~", Operator::Contains),
        ];
        table.into_iter().find_map(|(symbol, operator)| self.symbol(symbol).map(|()| operator))
    }

    fn clause(&mut self, site: &Site) -> Option<Clause> {
        let field = self.word()?.to_lowercase();
        FIELDS.contains(&field.as_str()).then_some(())?;
        let is_date = matches!(field.as_str(), "lastmodified" | "created");
        let is_text = matches!(field.as_str(), "title" | "text");
        if let Some(operator) = self.operator() {
            if is_date {
                let time = self.time(site)?;
                return Some(Clause { field, operator, values: Vec::new(), time: Some(time) });
            }
            let fits = match operator {
                Operator::Is | Operator::IsNot => field != "text",
                Operator::Contains | Operator::Lacks => is_text,
                _ => false,
            };
            let values = vec![self.value()?];
            return fits.then_some(Clause { field, operator, values, time: None });
        }
        let operator = if self.keyword("not") { Operator::IsNot } else { Operator::Is };
        (self.keyword("in") && !is_date && field != "text").then_some(())?;
        self.symbol("(")?;
        let mut values = vec![self.value()?];
        while self.symbol(",").is_some() {
            values.push(self.value()?);
        }
        self.symbol(")")?;
        Some(Clause { field, operator, values, time: None })
    }

    /// `now`, `now("-90m")`, or a date in the zone of the site.
    fn time(&mut self, site: &Site) -> Option<Timestamp> {
        let text = self.value()?;
        if text != "now" {
            return parse_date(&text, site.settings.utc_offset_minutes);
        }
        self.by_clock = true;
        if self.symbol("(").is_none() {
            return Some(site.now());
        }
        let shift = if self.symbol(")").is_some() { String::new() } else { self.value()? };
        if !shift.is_empty() {
            self.symbol(")")?;
        }
        site.now().checked_add(parse_shift(&shift)?).ok()
    }
}
/// `-90m`, `2h`, `-1d`, `-2w`; empty for none.
fn parse_shift(text: &str) -> Option<SignedDuration> {
    if text.is_empty() {
        return Some(SignedDuration::ZERO);
    }
    let unit_s = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count: i64 = text[..text.len() - 1].parse().ok()?;
    Some(SignedDuration::from_secs(count.checked_mul(unit_s)?))
}

fn parse_date(text: &str, utc_offset_minutes: i32) -> Option<Timestamp> {
    let full = if text.len() == "2026-01-31".len() { format!("{text} 00:00") } else { text.to_owned() };
    let civil = DateTime::strptime("%Y-%m-%d %H:%M", &full).ok()?;
    Offset::from_seconds(utc_offset_minutes * 60).ok()?.to_timestamp(civil).ok()
}
