//! The part of the Confluence query language that crawlers use.
//!
//! ```text
//! query  = clause { "and" clause } [ "order" "by" field [ "asc" | "desc" ] ]
//! clause = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" ) value
//!        | field [ "not" ] "in" "(" value { "," value } ")"
//! value  = word | "text" | now [ "(" "-90m" ")" ]
//! ```

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::content::Content;
use crate::site::Site;

/// A parsed query.
#[derive(Debug)]
pub(crate) struct Cql {
    clauses: Vec<Clause>,
    order: Option<(String, bool)>,
}

#[derive(Debug)]
struct Clause {
    field: String,
    operator: Operator,
    values: Vec<String>,
    /// The point in time that a date clause compares with.
    time: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    After,
    AtLeast,
    Before,
    AtMost,
}

const FIELDS: [&str; 10] =
    ["space", "type", "id", "lastmodified", "created", "parent", "ancestor", "label", "title", "creator"];

impl Cql {
    /// `None` for what cannot be understood.
    pub(crate) fn parse(text: &str, site: &Site) -> Option<Self> {
        let mut tokens = Tokens { rest: text };
        let mut clauses = Vec::new();
        loop {
            clauses.push(tokens.clause(site)?);
            match tokens.word()?.to_lowercase().as_str() {
                "" => return Some(Self { clauses, order: None }),
                "and" => {}
                "order" => {
                    tokens.word().filter(|word| word.eq_ignore_ascii_case("by"))?;
                    let field = tokens.word()?.to_lowercase();
                    let descending = match tokens.word()?.to_lowercase().as_str() {
                        "" | "asc" => false,
                        "desc" => true,
                        _ => return None,
                    };
                    let known = matches!(field.as_str(), "lastmodified" | "created" | "title" | "id");
                    return (known && tokens.rest.trim().is_empty())
                        .then_some(Self { clauses, order: Some((field, descending)) });
                }
                _ => return None,
            }
        }
    }

    /// The field to order by and whether to begin at its end.
    pub(crate) fn order(&self) -> Option<(&str, bool)> {
        self.order.as_ref().map(|(field, descending)| (field.as_str(), *descending))
    }

    pub(crate) fn matches(&self, site: &Site, content: &Content) -> bool {
        self.clauses.iter().all(|clause| clause.matches(site, content))
    }
}

impl Clause {
    fn matches(&self, site: &Site, content: &Content) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| {
            self.values.iter().any(|value| test(value)) == (self.operator == Operator::Is)
        };
        let id_in = |ids: &mut dyn Iterator<Item = String>| {
            let ids: Vec<String> = ids.collect();
            any(&|value| ids.iter().any(|id| id == value))
        };
        match self.field.as_str() {
            "space" => {
                let key = site.space(content.space).map_or("", |space| space.key.as_str());
                any(&|value| value.eq_ignore_ascii_case(key))
            }
            "type" => any(&|value| value == content.kind.as_str()),
            "id" => any(&|value| value == content.wire_id() || value == content.id.to_string()),
            "title" => any(&|value| value == content.title),
            "label" => any(&|value| content.labels.iter().any(|label| label.name == value)),
            "creator" => any(&|value| value == content.author),
            "parent" => id_in(&mut content.parent.iter().map(ToString::to_string)),
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
        }
    }
}

struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    /// The next bare word; empty at the end.
    fn word(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || "=!<>(),\"".contains(c)).unwrap_or(rest.len());
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
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            ("=", Operator::Is),
            (">", Operator::After),
            ("<", Operator::Before),
        ];
        table.into_iter().find_map(|(symbol, operator)| self.symbol(symbol).map(|()| operator))
    }

    fn clause(&mut self, site: &Site) -> Option<Clause> {
        let field = self.word()?.to_lowercase();
        FIELDS.contains(&field.as_str()).then_some(())?;
        let is_date = matches!(field.as_str(), "lastmodified" | "created");
        if let Some(operator) = self.operator() {
            let ordered = !matches!(operator, Operator::Is | Operator::IsNot);
            if is_date {
                let time = self.time(site)?;
                return Some(Clause { field, operator, values: Vec::new(), time: Some(time) });
            }
            let values = vec![self.value()?];
            return (!ordered).then_some(Clause { field, operator, values, time: None });
        }
        let (operator, word) = match self.word()?.to_lowercase().as_str() {
            "not" => (Operator::IsNot, self.word()?.to_lowercase()),
            other => (Operator::Is, other.to_owned()),
        };
        (word == "in" && !is_date).then_some(())?;
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
