//! What the demo shows: one question, two people, two answers; and what to try next.

use confluence_sim::{DEMO_QUESTIONS, DemoQuestion};
use sangam_api::kendra::{KendraRequest, QueryRequest, QueryResult, QueryResultItem, UserContext};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::colleagues::Colleague;
use super::key::DemoKey;
use crate::client::Client;
use crate::failure::Failure;
use crate::output::{Output, printable};

/// Results shown of each answer.
const SHOWN: i32 = 3;

/// What there is to tell.
pub(super) struct Demo<'a> {
    /// Signs an administrator in, once.
    pub(super) link: &'a str,
    pub(super) search_page: &'a str,
    pub(super) colleagues: &'a [Colleague],
    pub(super) endpoint: &'a str,
    pub(super) index_id: &'a str,
    pub(super) key: &'a DemoKey,
    pub(super) region: &'a str,
}

/// Asks and tells.
pub(super) async fn run(client: &Client, demo: &Demo<'_>, output: &Output) -> Result<(), Failure> {
    let mut answers = Vec::new();
    for question in DEMO_QUESTIONS {
        for (asker, _) in question.askers {
            answers.push((question, asker, ask(client, demo.index_id, question, asker).await?));
        }
    }
    if output.is_json() {
        return output.json(&as_json(demo, &answers));
    }
    let mut asked = "";
    for (question, asker, items) in &answers {
        if question.text != asked {
            asked = question.text;
            output.line("")?;
            output.line(output.bold(asked))?;
        }
        output.line(format!("  as {asker}:"))?;
        for item in items {
            output.line(format!("    - {}", output.bold(&title(item))))?;
            output.line(format!("      {}", output.dim(&excerpt(item))))?;
        }
    }
    next_steps(demo, output)
}

async fn ask(
    client: &Client,
    index_id: &str,
    question: &DemoQuestion,
    asker: &str,
) -> Result<Vec<QueryResultItem>, Failure> {
    let request = QueryRequest {
        index_id: index_id.into(),
        query_text: Some(question.text.into()),
        user_context: Some(UserContext { user_id: Some(asker.into()), ..UserContext::default() }),
        page_size: Some(SHOWN),
        ..QueryRequest::default()
    };
    let answer: QueryResult = client.kendra(&KendraRequest::Query(Box::new(request))).await?;
    Ok(answer.result_items.unwrap_or_default())
}

fn title(item: &QueryResultItem) -> String {
    let title = item.document_title.as_ref().and_then(|title| title.text.as_deref()).unwrap_or_default();
    printable(title)
}

fn excerpt(item: &QueryResultItem) -> String {
    let excerpt = item.document_excerpt.as_ref().and_then(|excerpt| excerpt.text.as_deref()).unwrap_or_default();
    printable(excerpt)
}

fn as_json(demo: &Demo<'_>, answers: &[(&DemoQuestion, &str, Vec<QueryResultItem>)]) -> Value {
    let Demo { endpoint, index_id, key, .. } = demo;
    let answers: Vec<Value> = answers
        .iter()
        .map(|(question, asker, items)| {
            json!({ "question": question.text, "asked_as": asker, "titles": items.iter().map(title).collect::<Vec<_>>() })
        })
        .collect();
    json!({
        "endpoint": endpoint,
        "console_url": demo.link,
        "search_page": demo.search_page,
        "colleagues": demo.colleagues.iter().map(|it| json!({ "name": it.name, "password": it.password.expose_secret() }))
            .collect::<Vec<_>>(),
        "index_id": index_id,
        "access_key_id": key.id,
        "secret_access_key": (!key.is_given).then(|| key.secret.expose_secret()),
        "answers": answers,
    })
}

fn next_steps(demo: &Demo<'_>, output: &Output) -> Result<(), Failure> {
    let Demo { endpoint, index_id, key, region, .. } = demo;
    let first = &DEMO_QUESTIONS[0];
    output.line("")?;
    output.line(format!("In the browser, ask the same at {} as one and as the other:", demo.search_page))?;
    for colleague in demo.colleagues {
        output.line(format!("  name {}, password {}", colleague.name, colleague.password.expose_secret()))?;
    }
    output.line("")?;
    output.line("As an administrator, in the console; the link works once, within 15 minutes:")?;
    output.line(format!("  {}", demo.link))?;
    output.line("")?;
    output.line(
        "The demo keeps serving; stop it with Ctrl-C, and the next start goes on with its data. In another terminal:",
    )?;
    output.line("")?;
    output.line(format!("  export SANGAM_ENDPOINT={endpoint}"))?;
    if !key.is_given {
        output.line(format!("  export SANGAM_ACCESS_KEY_ID={}", key.id))?;
        output.line(format!("  export SANGAM_SECRET_ACCESS_KEY={}", key.secret.expose_secret()))?;
    }
    let (program, asker) = (program(), first.askers[1].0);
    output.line(format!("  {program} search --index {index_id} --as {asker} '{}'", first.text))?;
    output.line("")?;
    output.line("The same from an unmodified AWS SDK (boto3; the CLI takes --endpoint-url as well):")?;
    output.line("")?;
    output.line(format!(
        "  boto3.client('kendra', endpoint_url='{endpoint}', region_name='{region}', aws_access_key_id=…, aws_secret_access_key=…)"
    ))?;
    output.line(format!(
        "    .query(IndexId='{index_id}', QueryText='…', UserContext={{'UserId': '{}'}})",
        first.askers[0].0
    ))
}

/// How to call this program from where it was started: a build is seldom on the search path.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let below =
        std::env::current_dir().ok().and_then(|folder| path.as_ref()?.strip_prefix(folder).ok().map(Into::into));
    let path: Option<std::path::PathBuf> = below.or(path);
    path.map_or_else(|| "sangam".to_owned(), |path| path.display().to_string())
}
