//! Fields of forms.

use askama::Template;

use super::Html;
use crate::fields::Fields;
use crate::trouble::Troubles;

/// One of several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opt {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// A sentence about it; empty for none.
    pub(crate) about: String,
}

impl Opt {
    /// An option with a sentence.
    pub(crate) fn new(value: &str, label: &str, about: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), about: about.to_owned() }
    }
}

#[derive(Clone, Debug)]
enum Control {
    Text(&'static str),
    Area(usize),
    Select(Vec<Opt>),
    Radio(Vec<Opt>),
    Check,
}

/// A field: what it is called, what it says, and which member of the API's input it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    name: &'static str,
    label: String,
    help: String,
    control: Control,
    optional: bool,
    placeholder: String,
    autocomplete: &'static str,
    default: String,
}

#[derive(Template)]
#[template(path = "field.html")]
struct FieldView<'a> {
    id: String,
    name: &'a str,
    label: &'a str,
    help: &'a str,
    control: &'a Control,
    optional: bool,
    placeholder: &'a str,
    autocomplete: &'a str,
    value: &'a str,
    error: Option<String>,
}

impl Field {
    fn new(name: &'static str, label: &str, control: Control) -> Self {
        Self {
            name,
            label: label.to_owned(),
            help: String::new(),
            control,
            optional: false,
            placeholder: String::new(),
            autocomplete: "off",
            default: String::new(),
        }
    }

    /// A line of text. `name` is the name in the form; by its last part, it is also found in the API's errors.
    pub(crate) fn text(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Control::Text("text"))
    }

    /// A line that is not shown while it is typed.
    pub(crate) fn password(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Control::Text("password"))
    }

    /// Several lines.
    pub(crate) fn area(name: &'static str, label: &str, rows: usize) -> Self {
        Self::new(name, label, Control::Area(rows))
    }

    /// One of many, in a list that opens.
    pub(crate) fn select(name: &'static str, label: &str, options: Vec<Opt>) -> Self {
        Self::new(name, label, Control::Select(options))
    }

    /// One of few, all of them seen.
    pub(crate) fn radio(name: &'static str, label: &str, options: Vec<Opt>) -> Self {
        Self::new(name, label, Control::Radio(options))
    }

    /// On or off.
    pub(crate) fn check(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Control::Check)
    }

    /// A sentence below it.
    pub(crate) fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }

    /// It may be left empty.
    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What stands there until something is typed: an example, never a value.
    pub(crate) fn placeholder(mut self, placeholder: &str) -> Self {
        placeholder.clone_into(&mut self.placeholder);
        self
    }

    /// What browsers may fill in.
    pub(crate) fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// The value before anybody typed.
    pub(crate) fn default(mut self, value: &str) -> Self {
        value.clone_into(&mut self.default);
        self
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Renders it with what was typed and what is wrong with it.
    pub(crate) fn render(&self, typed: &Fields, troubles: &mut Troubles) -> Html {
        let value = if typed.has(self.name) { typed.last(self.name) } else { &self.default };
        Html::of(&FieldView {
            id: format!("f-{}", self.name.replace('.', "-")),
            name: self.name,
            label: &self.label,
            help: &self.help,
            control: &self.control,
            optional: self.optional,
            placeholder: &self.placeholder,
            autocomplete: self.autocomplete,
            value,
            error: troubles.take(self.name),
        })
    }
}

/// Pairs of a key and a value, as many as one likes: sent as `<name>_key` and `<name>_value`, in order.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// The form's name, and the member's.
    pub(crate) name: &'static str,
    /// What is above them.
    pub(crate) label: &'static str,
    /// What the first column is called.
    pub(crate) key_label: &'static str,
    /// What the second column is called.
    pub(crate) value_label: &'static str,
    /// A sentence.
    pub(crate) help: String,
    /// Whether values are not shown while they are typed.
    pub(crate) hidden: bool,
    /// Whether there may be none.
    pub(crate) optional: bool,
    /// Keys that are offered where none were typed.
    pub(crate) offered: Vec<String>,
}

#[derive(Template)]
#[template(path = "rows.html")]
struct RowsView<'a> {
    name: &'a str,
    label: &'a str,
    key_label: &'a str,
    value_label: &'a str,
    help: &'a str,
    hidden: bool,
    optional: bool,
    rows: Vec<(String, String)>,
    error: Option<String>,
}

impl Rows {
    /// The pairs that were typed; rows that are empty altogether are none.
    pub(crate) fn read(name: &str, typed: &Fields) -> Vec<(String, String)> {
        let keys = typed.all(&format!("{name}_key"));
        let values = typed.all(&format!("{name}_value"));
        let pairs = keys.into_iter().zip(values).map(|(key, value)| (key.trim().to_owned(), value.to_owned()));
        pairs.filter(|(key, value)| !key.is_empty() || !value.is_empty()).collect()
    }

    /// Renders the offered keys with what was typed for them, then the other rows that were typed, and an empty one if it was asked for or
    /// there is none.
    pub(crate) fn render(&self, typed: &Fields, troubles: &mut Troubles) -> Html {
        let mut rows = Self::read(self.name, typed);
        // Keys that were offered for something else, and got no value, go when others are offered.
        if !self.offered.is_empty() && typed.last("_go") != "rows" {
            rows.retain(|(key, value)| !value.is_empty() || self.offered.contains(key));
        }
        for key in &self.offered {
            if !rows.iter().any(|(typed, _)| typed == key) {
                rows.push((key.clone(), String::new()));
            }
        }
        rows.sort_by_key(|(key, _)| self.offered.iter().position(|offered| offered == key).unwrap_or(usize::MAX));
        if rows.is_empty() || typed.last("_go") == "rows" {
            rows.push((String::new(), String::new()));
        }
        Html::of(&RowsView {
            name: self.name,
            label: self.label,
            key_label: self.key_label,
            value_label: self.value_label,
            help: &self.help,
            hidden: self.hidden,
            optional: self.optional,
            rows,
            error: troubles.take(self.name),
        })
    }
}
