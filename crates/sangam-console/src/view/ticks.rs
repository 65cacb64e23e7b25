//! Check boxes of one name, of which several may be ticked.

use askama::Template;

use super::{Html, Opt};
use crate::fields::Fields;

#[derive(Template)]
#[template(path = "ticks.html")]
struct TicksView<'a> {
    id: &'a str,
    name: &'a str,
    legend: &'a str,
    help: &'a str,
    options: Vec<(&'a Opt, bool)>,
}

/// Renders the boxes of a form; each that is ticked sends its value as `name`. `id` tells fieldsets of one name apart.
pub(crate) fn ticks(id: &str, name: &str, legend: &str, help: &str, options: &[Opt], typed: &Fields) -> Html {
    let ticked = typed.all(name);
    let options = options.iter().map(|option| (option, ticked.contains(&option.value.as_str()))).collect();
    Html::of(&TicksView { id, name, legend, help, options })
}
