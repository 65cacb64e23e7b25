//! `sangam search`: asks a question as somebody.

use clap::Args;
use sangam_api::KendraRequest;
use sangam_api::kendra::{
    Highlight, QueryRequest, QueryResult, QueryResultItem, RetrieveRequest, RetrieveResult, RetrieveResultItem,
    ScoreAttributes, TextWithHighlights, UserContext,
};

use super::resolve;
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable, thousands};

/// The most results that a page holds, by the API.
const PAGE_SIZE_MAX: i64 = 100;

/// Arguments of `search`.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// The question, in words.
    #[arg(value_name = "TEXT")]
    pub text: String,

    /// The index, by id or name.
    #[arg(long, value_name = "INDEX")]
    pub index: String,

    /// Who asks.
    ///
    /// A user as the source or a principal mapping knows them: an e-mail address, a user name or an account id.
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,

    /// A group that the one who asks is in.
    ///
    /// May be given several times. Groups that the source reports are found by themselves.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,

    /// The page of the results, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
    pub page: i32,

    /// Results on a page.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=PAGE_SIZE_MAX))]
    pub page_size: i32,

    /// Print passages, as an assistant would read them.
    ///
    /// Asks with `Retrieve` in place of `Query`: longer passages, several of one document, ordered by their meaning.
    #[arg(long)]
    pub retrieve: bool,
}

/// Runs the command.
pub(super) async fn run(args: SearchArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let index_id = resolve::index(client, &args.index).await?;
    let user_context = user_context(args.user.as_deref(), &args.groups);
    if user_context.is_none() {
        output.talk("nobody is named (`--as`, `--group`): what everybody may read");
    }
    if args.retrieve {
        retrieve(args, index_id, user_context, client, output).await
    } else {
        query(args, index_id, user_context, client, output).await
    }
}

/// Who asks, as the API has it; nothing if nobody is named.
pub(super) fn user_context(user: Option<&str>, groups: &[String]) -> Option<UserContext> {
    (user.is_some() || !groups.is_empty()).then(|| UserContext {
        user_id: user.map(str::to_owned),
        groups: (!groups.is_empty()).then(|| groups.to_vec()),
        ..UserContext::default()
    })
}

async fn query(
    args: SearchArgs,
    index_id: String,
    user_context: Option<UserContext>,
    client: &Client,
    output: &Output,
) -> Result<Exit, Failure> {
    let request = QueryRequest {
        index_id,
        query_text: Some(args.text),
        page_number: Some(args.page),
        page_size: Some(args.page_size),
        user_context,
        ..QueryRequest::default()
    };
    let result: QueryResult = client.kendra(&KendraRequest::Query(Box::new(request))).await?;
    if output.is_json() {
        output.json(&result)?;
    }
    let items = result.result_items.unwrap_or_default();
    if !output.is_json() {
        let total = result.total_number_of_results.unwrap_or_default().max(0) as u64;
        let first = u64::from(args.page.unsigned_abs() - 1) * u64::from(args.page_size.unsigned_abs()) + 1;
        for (number, item) in (first..).zip(&items) {
            output.line(format!("{}\n", result_lines(number, item, output)))?;
        }
        if !items.is_empty() {
            let last = first + items.len() as u64 - 1;
            output.talk(format!("{first} to {last} of {}", thousands(total)));
        }
    }
    Ok(found(items.is_empty(), args.page, output))
}

async fn retrieve(
    args: SearchArgs,
    index_id: String,
    user_context: Option<UserContext>,
    client: &Client,
    output: &Output,
) -> Result<Exit, Failure> {
    let request = RetrieveRequest {
        index_id,
        query_text: args.text,
        page_number: Some(args.page),
        page_size: Some(args.page_size),
        user_context,
        ..RetrieveRequest::default()
    };
    let result: RetrieveResult = client.kendra(&KendraRequest::Retrieve(Box::new(request))).await?;
    if output.is_json() {
        output.json(&result)?;
    }
    let items = result.result_items.unwrap_or_default();
    if !output.is_json() {
        let first = u64::from(args.page.unsigned_abs() - 1) * u64::from(args.page_size.unsigned_abs()) + 1;
        for (number, item) in (first..).zip(&items) {
            output.line(format!("{}\n", passage_lines(number, item, output)))?;
        }
    }
    Ok(found(items.is_empty(), args.page, output))
}

fn found(is_empty: bool, page: i32, output: &Output) -> Exit {
    if !is_empty {
        return Exit::Done;
    }
    output.talk(if page > 1 { "nothing on this page" } else { "nothing found" });
    Exit::No
}

fn result_lines(number: u64, item: &QueryResultItem, output: &Output) -> String {
    let title = item.document_title.as_ref().and_then(|title| title.text.as_deref()).unwrap_or_default();
    let mut lines = vec![headline(number, title, item.score_attributes.as_ref(), output)];
    lines.extend(place(item.document_uri.as_deref(), item.document_id.as_deref(), output));
    if let Some(excerpt) = &item.document_excerpt {
        lines.push(format!("   {}", highlighted(excerpt, output)));
    }
    lines.join("\n")
}

fn passage_lines(number: u64, item: &RetrieveResultItem, output: &Output) -> String {
    let title = item.document_title.as_deref().unwrap_or_default();
    let mut lines = vec![headline(number, title, item.score_attributes.as_ref(), output)];
    lines.extend(place(item.document_uri.as_deref(), item.document_id.as_deref(), output));
    lines.extend(item.content.as_deref().map(|content| format!("   {}", printable(content))));
    lines.join("\n")
}

fn headline(number: u64, title: &str, score: Option<&ScoreAttributes>, output: &Output) -> String {
    let title = if title.is_empty() { "(without a title)" } else { title };
    let confidence = score.and_then(|score| score.score_confidence).map(|confidence| format!("  {confidence}"));
    let confidence = output.dim(&confidence.unwrap_or_default());
    format!("{number}. {}{confidence}", output.bold(&printable(title)))
}

/// Where the document is: its address, or what it is called here.
fn place(uri: Option<&str>, id: Option<&str>, output: &Output) -> Option<String> {
    let place = uri.filter(|uri| !uri.is_empty()).or(id)?;
    Some(format!("   {}", output.dim(&printable(place))))
}

/// An excerpt with what matched in bold. Offsets count Unicode code points.
fn highlighted(excerpt: &TextWithHighlights, output: &Output) -> String {
    let text: Vec<char> = printable(excerpt.text.as_deref().unwrap_or_default()).chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    for Highlight { begin_offset, end_offset, .. } in ordered(excerpt.highlights.as_deref().unwrap_or_default()) {
        let begin = usize::try_from(begin_offset).unwrap_or_default().clamp(at, text.len());
        let end = usize::try_from(end_offset).unwrap_or_default().clamp(begin, text.len());
        shown.extend(&text[at..begin]);
        shown.push_str(&output.bold(&text[begin..end].iter().collect::<String>()));
        at = end;
    }
    shown.extend(&text[at..]);
    shown
}

/// Highlights come in no order and may overlap.
fn ordered(highlights: &[Highlight]) -> Vec<Highlight> {
    let mut ordered = highlights.to_vec();
    ordered.sort_by_key(|highlight| (highlight.begin_offset, highlight.end_offset));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, spans: &[(i32, i32)]) -> TextWithHighlights {
        let span = |(begin_offset, end_offset): &(i32, i32)| Highlight {
            begin_offset: *begin_offset,
            end_offset: *end_offset,
            ..Highlight::default()
        };
        TextWithHighlights { text: Some(text.to_owned()), highlights: Some(spans.iter().map(span).collect()) }
    }

    #[test]
    fn highlights_may_be_unsorted_overlapping_and_out_of_range() {
        let bright = Output::with_emphasis();
        let shown = highlighted(&excerpt("größe und höhe", &[(10, 14), (0, 5), (3, 7), (12, 99), (-5, 2)]), &bright);
        assert_eq!(shown.replace("\u{1b}[1m", "<").replace("\u{1b}[0m", ">"), "<gr><öße>< u>nd <höhe>");
        assert_eq!(highlighted(&excerpt("ab", &[(0, 1)]), &Output::new(true)), "ab");
    }

    #[test]
    fn a_reader_is_named_or_absent() {
        assert!(user_context(None, &[]).is_none());
        let context = user_context(Some("ada"), &[]).unwrap();
        assert_eq!((context.user_id.as_deref(), context.groups), (Some("ada"), None));
        let context = user_context(None, &["a".to_owned(), "b".to_owned()]).unwrap();
        assert_eq!(context.groups.unwrap(), ["a", "b"]);
    }
}
