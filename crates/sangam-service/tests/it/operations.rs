//! `docs/operations.md`: which operations are there, found out by calling each.

use std::fmt::Write as _;
use std::path::Path;

use sangam_api::constraint::{Kind, Shape};
use sangam_api::{ApiError, ErrorKind, KendraOperation, RequestContext, SecretsOperation, SecretsRequest};
use sangam_secrets::{Sealer, SealingKey, Secrets};
use serde_json::{Map, Value, json};

use crate::world::World;

/// Strings that between them satisfy every pattern of the model.
const STRINGS: [&str; 6] = [
    "00000000-0000-0000-0000-000000000000",
    "a",
    "arn:aws:iam::000000000000:role/a",
    "https://example.com/",
    "1970-01-01",
    "eu-west-1",
];

/// The smallest input that satisfies the constraints of `shape`.
fn minimal(shape: &Shape) -> Value {
    match shape.kind {
        Kind::Structure(members) => {
            let required = members.iter().filter(|member| member.required);
            Value::Object(required.map(|member| (member.name.to_owned(), minimal(member.shape))).collect::<Map<_, _>>())
        }
        Kind::List(element) => vec![minimal(element); shape.min_length].into(),
        Kind::Map(..) | Kind::Document => json!({}),
        Kind::Blob => "".into(),
        Kind::String if !shape.values.is_empty() => shape.values[0].into(),
        Kind::String => {
            let long = "a".repeat(shape.min_length.max(1));
            let fits = |text: &&str| {
                let fits_length = (shape.min_length..=shape.max_length).contains(&text.chars().count());
                fits_length && shape.pattern.is_none_or(|pattern| pattern.matches(text))
            };
            let fitting = STRINGS.iter().copied().chain([long.as_str()]).find(fits);
            fitting.unwrap_or_else(|| panic!("no string satisfies {}", shape.name)).into()
        }
        Kind::Integer | Kind::Long => shape.min_value.max(0).into(),
        Kind::Float => json!(shape.min_float.max(0.0)),
        Kind::Boolean => json!(false),
        Kind::Timestamp => json!(0),
    }
}

/// Whether an operation answered anything else than that it is not built; a refusal of the minimal input would hide that.
fn is_built<T>(operation: &str, answer: Result<T, ApiError>, not_built: &ApiError) -> bool {
    match answer {
        Ok(_) => true,
        Err(error) => {
            assert_ne!(error.kind, ErrorKind::Serialization, "{operation}: {error}");
            assert!(!error.message.contains("validation error detected"), "{operation}: {error}");
            error != *not_built
        }
    }
}

async fn kendra(world: &World) -> Vec<(&'static str, bool)> {
    let mut rows = Vec::new();
    for &operation in KendraOperation::ALL {
        let answer = world.call(operation, minimal(operation.input())).await;
        rows.push((operation.name(), is_built(operation.name(), answer, &operation.not_implemented())));
    }
    rows
}

async fn secrets_manager(world: &World) -> Vec<(&'static str, bool)> {
    let secrets = Secrets::new(world.store.clone(), Sealer::new(&SealingKey::generate()));
    let ctx = RequestContext::for_tests();
    let mut rows = Vec::new();
    for &operation in SecretsOperation::ALL {
        let body = minimal(operation.input()).to_string();
        let answer = match SecretsRequest::parse(operation, body.as_bytes()) {
            Ok(request) => request.call(&secrets, &ctx).await,
            Err(error) => Err(error),
        };
        rows.push((operation.name(), is_built(operation.name(), answer, &operation.not_implemented())));
    }
    rows
}

#[tokio::test]
async fn the_page_of_operations_is_current() {
    let world = World::new().await;
    let (kendra, secrets) = (kendra(&world).await, secrets_manager(&world).await);
    assert_eq!((kendra.len(), secrets.len()), (66, 26));
    assert_current(&page(&kendra, &secrets));
}

fn page(kendra: &[(&str, bool)], secrets: &[(&str, bool)]) -> String {
    format!(
        "# Operations\n\n\
         Which operations this version does. Written by a test that calls each of them; do not edit by hand, run\n\
         `SANGAM_WRITE_DOCS=1 cargo test -p sangam-service --test it`.\n\n\
         An operation that is not implemented yet answers HTTP 400 with `ValidationException` (`GetSnapshots` and Secrets Manager:\n\
         `InvalidRequestException`) and the message \"operation … is not implemented yet\". No SDK retries that.\n\n\
         ## Kendra\n\n{}\n## Secrets Manager\n\n{}",
        table(kendra),
        table(secrets)
    )
}

fn table(rows: &[(&str, bool)]) -> String {
    let n_built = rows.iter().filter(|(_, is_built)| *is_built).count();
    let mut table = format!("{n_built} of {} are implemented.\n\n| operation | |\n|---|---|\n", rows.len());
    for (name, is_built) in rows {
        let answer = if *is_built { "implemented" } else { "answers \"not implemented yet\"" };
        writeln!(table, "| {name} | {answer} |").unwrap();
    }
    table
}

fn assert_current(page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    if std::env::var_os("SANGAM_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/operations.md is stale: run `SANGAM_WRITE_DOCS=1 cargo test -p sangam-service --test it`"
    );
}
