//! Forms in several steps. Nothing is kept between them but what the form itself carries, so that two of them never disturb each other.

use askama::Template;

use super::{Button, Form, Html, Section};
use crate::fields::Fields;
use crate::trouble::Troubles;

/// The name under which the step is sent.
const STEP: &str = "_step";
/// The name under which the furthest step that was shown is sent.
const REACHED: &str = "_reached";

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What is asked in it.
    pub(crate) sections: Vec<Section>,
}

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Show this step.
    Show(usize),
    /// All steps are done: do it.
    Finish,
}

#[derive(Template)]
#[template(path = "steps.html")]
struct Steps<'a> {
    steps: &'a [&'static str],
    current: usize,
    reached: usize,
}

#[derive(Template)]
#[template(
    source = r#"<button name="_go" value="step-{{ step }}" class="quiet">Edit<span class="sr"> {{ what }}</span></button>"#,
    ext = "html"
)]
struct Edit<'a> {
    step: usize,
    what: &'a str,
}

/// A form in steps, the last of which is a review.
#[derive(Clone, Debug)]
pub(crate) struct Wizard {
    /// Where it posts to.
    pub(crate) action: String,
    /// Where it is left to.
    pub(crate) cancel: String,
    /// The label of the last button.
    pub(crate) finish: &'static str,
    /// The steps.
    pub(crate) steps: Vec<Step>,
}

impl Wizard {
    /// A button that goes back to a step from what a review says of it.
    pub(crate) fn edit(step: usize, what: &str) -> Html {
        Html::of(&Edit { step, what })
    }

    /// What was pressed. `_go` is `next`, `back`, `finish`, `step-<n>` or a button of a step, which shows that step again. To a step that
    /// was never shown leads `next` alone.
    pub(crate) fn turn(&self, typed: &Fields) -> Turn {
        let last = self.last();
        let step = typed.last(STEP).parse::<usize>().unwrap_or_default().min(last);
        match typed.last("_go") {
            "next" => Turn::Show((step + 1).min(last)),
            "back" => Turn::Show(step.saturating_sub(1)),
            "finish" if step == last => Turn::Finish,
            other => match other.strip_prefix("step-").and_then(|number| number.parse::<usize>().ok()) {
                Some(number) => Turn::Show(number.min(self.reached(step, typed))),
                None => Turn::Show(step),
            },
        }
    }

    fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// The furthest step that was shown.
    fn reached(&self, now: usize, typed: &Fields) -> usize {
        typed.last(REACHED).parse::<usize>().unwrap_or_default().max(now).min(self.last())
    }

    /// The first step with a field that a trouble is about.
    pub(crate) fn step_of(&self, troubles: &Troubles) -> Option<usize> {
        self.steps
            .iter()
            .position(|step| step.sections.iter().flat_map(Section::members).any(|member| troubles.concern(member)))
    }

    /// Renders a step: what the others hold is carried along unseen.
    pub(crate) fn render(&self, at: usize, csrf: &str, typed: &Fields, troubles: &mut Troubles) -> Html {
        let names: Vec<&'static str> = self.steps.iter().map(|step| step.name).collect();
        let reached = self.reached(at, typed);
        let is_last = at == self.last();
        let main = if is_last { Button::primary("finish", self.finish) } else { Button::primary("next", "Next") };
        let mut form = Form::new(&self.action, main).cancel(&self.cancel).hidden(STEP, &at.to_string());
        form = form.hidden(REACHED, &reached.to_string());
        // In the form, after the button that Enter presses: each finished step is a button too.
        form = form.section(Section::new("").html(Html::of(&Steps { steps: &names, current: at, reached })));
        if at > 0 {
            form = form.button(Button::plain("back", "Previous"));
        }
        let shown: Vec<String> = self.steps[at].sections.iter().flat_map(Section::names).collect();
        for (name, value) in typed.iter() {
            if !name.starts_with('_') && !shown.iter().any(|shown| shown == name) {
                form = form.hidden(name, value);
            }
        }
        for section in &self.steps[at].sections {
            form = form.section(section.clone());
        }
        form.render(csrf, typed, troubles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Field;

    fn wizard() -> Wizard {
        let step = |name, field| Step { name, sections: vec![Section::new("").field(Field::text(field, field))] };
        Wizard {
            action: "/w".into(),
            cancel: "/".into(),
            finish: "Create",
            steps: vec![step("One", "name"), step("Two", "role"), Step { name: "Review", sections: vec![] }],
        }
    }

    #[test]
    fn buttons_go_where_they_say() {
        let wizard = wizard();
        let turn = |text: &str| wizard.turn(&Fields::parse(text));
        assert_eq!(turn(""), Turn::Show(0));
        assert_eq!(turn("_step=0&_go=next"), Turn::Show(1));
        assert_eq!(turn("_step=1&_go=back"), Turn::Show(0));
        assert_eq!(turn("_step=0&_go=finish"), Turn::Show(0), "a step cannot be jumped over");
        assert_eq!(turn("_step=2&_go=finish"), Turn::Finish);
        assert_eq!(turn("_step=2&_go=step-1"), Turn::Show(1));
        assert_eq!(turn("_step=0&_reached=2&_go=step-2"), Turn::Show(2));
        assert_eq!(turn("_step=0&_go=step-2"), Turn::Show(0), "a step cannot be jumped over");
        assert_eq!(turn("_step=99&_go=next"), Turn::Show(2));
    }

    #[test]
    fn what_other_steps_hold_is_carried_along() {
        let html = wizard().render(1, "token", &Fields::parse("name=a%22b&role=r&_step=0"), &mut Troubles::default());
        let html = html.into_string();
        assert!(html.contains(r#"<input type="hidden" name="name" value="a&#34;b">"#), "{html}");
        assert_eq!(html.matches(r#"name="role""#).count(), 1, "{html}");
        assert!(html.contains(r#"name="_step" value="1""#));
    }

    #[test]
    fn the_steps_that_were_shown_are_buttons_and_enter_presses_the_main_one() {
        let render = |at, typed| wizard().render(at, "", &Fields::parse(typed), &mut Troubles::default()).into_string();
        let html = render(1, "_reached=2");
        assert!(html.contains(r#"value="step-0""#) && html.contains(r#"value="step-2""#), "{html}");
        assert!(!html.contains(r#"value="step-1""#) && html.contains(r#"name="_reached" value="2""#), "{html}");
        assert!(html.find(r#"value="next""#) < html.find(r#"value="step-0""#), "{html}");
        assert!(!render(0, "").contains(r#"value="step-"#));
    }

    #[test]
    fn an_error_leads_to_its_step() {
        let troubles = Troubles::of("1 validation error detected: Value at 'role' failed to satisfy constraint: x");
        assert_eq!(wizard().step_of(&troubles), Some(1));
        assert_eq!(wizard().step_of(&Troubles::of("the index is busy")), None);
    }
}
