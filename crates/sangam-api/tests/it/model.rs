//! The models' own oddities, and that all of them is there.

use sangam_api::constraint::{Kind, Member, Shape};
use sangam_api::{ErrorKind, KendraOperation, SecretsOperation};

use crate::services;

/// Calls `visit` with every shape that an input can reach, once for each operation.
fn every_shape(visit: &mut dyn FnMut(&'static Shape)) {
    fn walk(shape: &'static Shape, seen: &mut Vec<&'static str>, visit: &mut dyn FnMut(&'static Shape)) {
        if seen.contains(&shape.name) {
            return;
        }
        seen.push(shape.name);
        visit(shape);
        match shape.kind {
            Kind::Structure(members) => members.iter().for_each(|member| walk(member.shape, seen, visit)),
            Kind::List(element) => walk(element, seen, visit),
            Kind::Map(key, element) => {
                walk(key, seen, visit);
                walk(element, seen, visit);
            }
            _ => {}
        }
    }
    for operation in services::all() {
        walk(operation.input(), &mut Vec::new(), visit);
    }
}

/// The shape of that name, wherever it is.
fn shape(name: &str) -> &'static Shape {
    let mut found = None;
    every_shape(&mut |shape| {
        if shape.name == name {
            found = Some(shape);
        }
    });
    found.unwrap_or_else(|| panic!("no input reaches `{name}`"))
}

#[test]
fn all_operations_are_there_and_found_by_target() {
    assert_eq!((KendraOperation::ALL.len(), SecretsOperation::ALL.len()), (66, 26));
    for &operation in KendraOperation::ALL {
        let target = operation.target();
        assert_eq!(KendraOperation::from_target(&target), Some(operation));
        assert_eq!(SecretsOperation::from_target(&target), None);
    }
    for &operation in SecretsOperation::ALL {
        let target = operation.target();
        assert_eq!(SecretsOperation::from_target(&target), Some(operation));
    }
    for target in [
        "",
        "Query",
        "AWSKendraFrontendService",
        "AWSKendraFrontendService.",
        "AWSKendraFrontendService.query",
        "X.Query",
    ] {
        assert_eq!(KendraOperation::from_target(target), None, "{target}");
    }
}

#[test]
fn every_pattern_compiles() {
    let mut patterns = std::collections::BTreeSet::new();
    every_shape(&mut |shape| {
        if let Some(pattern) = shape.pattern {
            // The first match compiles, and panics if it cannot.
            let _ = pattern.matches("x");
            patterns.insert(pattern.text);
        }
    });
    let look_around = patterns.iter().filter(|text| text.contains("(?!") || text.contains("(?<!")).count();
    assert!(patterns.len() >= 39, "{}", patterns.len());
    assert_eq!(look_around, 4);
}

#[test]
fn look_around_is_understood() {
    let matches = |name: &str, text: &str| shape(name).pattern.unwrap().matches(text);
    assert!(matches("DataSourceDateFieldFormat", "yyyy MM"));
    assert!(!matches("DataSourceDateFieldFormat", " yyyy") && !matches("DataSourceDateFieldFormat", "yyyy "));
    assert!(matches("ServiceNowHostUrl", "acme.service-now.com"));
    assert!(!matches("ServiceNowHostUrl", "https://acme.service-now.com"));
    assert!(matches("OneDriveUser", "ann@example.com") && !matches("OneDriveUser", " ann@example.com"));
    assert!(
        matches("Domain", "example.com") && !matches("Domain", "-example.com") && !matches("Domain", "example.com-")
    );
}

#[test]
fn a_lambda_arn_needs_no_slashes() {
    let pattern = shape("LambdaArn").pattern.unwrap();
    assert!(pattern.matches("arn:aws:lambda:us-east-1:123456789012:function:hook"));
    assert!(pattern.matches("arn:aws:lambda:us-east-1:123456789012:function:hook:live"));
    assert!(!pattern.matches("/arn:aws:lambda:us-east-1:123456789012:function:hook/"));
    assert!(!pattern.matches("arn:aws:lambda:us-east-1:123456789012:layer:hook"));
}

#[test]
fn sdks_fill_in_the_tokens_of_eleven_operations() {
    let has_token = |shape: &Shape| match shape.kind {
        Kind::Structure(members) => members.iter().any(|member: &Member| member.idempotency_token),
        _ => false,
    };
    let named = |operations: Vec<&'static str>| operations.join(" ");
    let kendra = KendraOperation::ALL
        .iter()
        .filter(|operation| has_token(operation.input()))
        .map(|operation| operation.name())
        .collect();
    let secrets = SecretsOperation::ALL
        .iter()
        .filter(|operation| has_token(operation.input()))
        .map(|operation| operation.name())
        .collect();
    assert_eq!(
        named(kendra),
        "CreateAccessControlConfiguration CreateDataSource CreateExperience CreateFaq CreateIndex CreateQuerySuggestionsBlockList \
         CreateThesaurus"
    );
    assert_eq!(named(secrets), "CreateSecret PutSecretValue RotateSecret UpdateSecret");
}

#[test]
fn tags_do_not_know_the_error_for_what_is_not_found() {
    for operation in
        [KendraOperation::TagResource, KendraOperation::UntagResource, KendraOperation::ListTagsForResource]
    {
        assert!(operation.errors().contains(&ErrorKind::ResourceUnavailable));
        assert!(!operation.errors().contains(&ErrorKind::ResourceNotFound));
    }
}

#[test]
fn snapshots_alone_do_not_know_the_error_for_invalid_input() {
    let without: Vec<_> =
        KendraOperation::ALL.iter().filter(|operation| !operation.errors().contains(&ErrorKind::Validation)).collect();
    assert_eq!(without, [&KendraOperation::GetSnapshots]);
}
