//! Who is signed in, in which browser.

use axum::extract::Path;

use crate::answer;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::view::{Action, Cell, Screen, Table, Tone};
use crate::visit::Visit;

/// All sessions.
pub(super) async fn list(visit: Visit) -> Done {
    let listed = visit.v1("GET", &["sessions"], &Fields::default(), None).await?;
    let mut table =
        Table::new("Sessions", &["Who", "Role", "From", "Browser", "Since", "Last seen", ""], "Nobody is signed in.");
    for session in listed["sessions"].as_array().into_iter().flatten() {
        let text = |name: &str| session[name].as_str().unwrap_or_default();
        let end = format!("/console/sessions/{}/end", segment(text("id")));
        let is_own = text("id") == visit.session.info.id;
        table = table.row(vec![
            Cell::text(text("name")),
            Cell::text(text("role")),
            Cell::text(text("address")),
            Cell::muted(text("agent")),
            Cell::time(session["createdAt"].as_i64()),
            Cell::time(session["seenAt"].as_i64()),
            if is_own {
                Cell::badge(Tone::Good, "this one")
            } else if !visit.may_change() {
                Cell::muted("–")
            } else {
                Action::post(&end, visit.csrf(), &[], "End", "danger")
            },
        ]);
    }
    let screen = Screen::new("Sessions")
        .lead("A session ends after 8 hours without use, after a day, or here.")
        .notices(visit.said(&[("ended", "The session has ended.")]))
        .block(table.counted().render());
    Ok(visit.page(&screen, None))
}

/// Ends a session.
pub(super) async fn end(Path(id): Path<String>, visit: Visit) -> Done {
    visit.v1("DELETE", &["sessions", &id], &Fields::default(), None).await?;
    Ok(answer::see_other("/console/sessions?said=ended"))
}
