//! The API calls of a page, as commands to copy.

use std::fmt::Write as _;

use serde_json::Value;

/// Members that are never shown, whoever looks.
const SECRET_MEMBERS: &[&str] =
    &["SecretString", "SecretBinary", "password", "client_secret", "secretString", "authorizationCode", "codeVerifier"];
/// What is shown in their place.
const HIDDEN: &str = "********";

/// An operation as a command of the AWS CLI: `aws kendra create-index --cli-input-json '…'`.
pub(crate) fn aws(operation: &str, input: &Value) -> String {
    let (service, name) = operation.split_once(':').unwrap_or(("kendra", operation));
    let mut command = format!("aws {service} {}", dashed(name));
    if input.as_object().is_some_and(|members| !members.is_empty()) {
        let _ = write!(command, " --cli-input-json {}", quoted(&pretty(input)));
    }
    command
}

/// A call below `/sangam/v1` as a command of curl, which signs as AWS does.
pub(crate) fn sangam(method: &str, path_and_query: &str, body: Option<&Value>) -> String {
    let mut command = format!(
        "curl --aws-sigv4 aws:amz:us-east-1:kendra --user \"$SANGAM_ACCESS_KEY_ID:$SANGAM_SECRET_ACCESS_KEY\" \\\n  -X {method} \"$SANGAM_ENDPOINT/sangam/v1/{path_and_query}\""
    );
    if let Some(body) = body {
        let _ = write!(command, " \\\n  -H 'content-type: application/json' -d {}", quoted(&pretty(body)));
    }
    command
}

/// The same with a file as the body.
pub(crate) fn sangam_file(method: &str, path: &str) -> String {
    format!("{} \\\n  --data-binary @FILE", sangam(method, path, None))
}

/// JSON over several lines, with what is secret hidden.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(&redacted(value)).unwrap_or_default()
}

fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let value = if SECRET_MEMBERS.contains(&name.as_str()) { HIDDEN.into() } else { redacted(value) };
                (name.clone(), value)
            })
            .collect(),
        Value::Array(items) => items.iter().map(redacted).collect(),
        other => other.clone(),
    }
}

/// In single quotes, as a POSIX shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `CreateIndex` as `create-index`.
fn dashed(name: &str) -> String {
    let mut dashed = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let is_word = index > 0
            && letter.is_uppercase()
            && (letters[index - 1].is_lowercase() || letters.get(index + 1).is_some_and(|next| next.is_lowercase()));
        if is_word {
            dashed.push('-');
        }
        dashed.extend(letter.to_lowercase());
    }
    dashed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_are_commands_that_a_shell_reads_back() {
        let input = json!({"Name": "it's", "Tags": []});
        let command = aws("kendra:CreateIndex", &input);
        assert!(command.starts_with("aws kendra create-index --cli-input-json '{"), "{command}");
        assert!(command.contains(r"it'\''s"), "{command}");
        assert_eq!(aws("kendra:ListIndices", &json!({})), "aws kendra list-indices");
        assert_eq!(dashed("ListDataSourceSyncJobs"), "list-data-source-sync-jobs");
        assert_eq!(dashed("DescribeFAQSet"), "describe-faq-set");
    }

    #[test]
    fn no_secret_is_shown() {
        let command = aws("secretsmanager:CreateSecret", &json!({"Name": "n", "SecretString": "hunter2"}));
        assert!(command.contains(HIDDEN) && !command.contains("hunter2"), "{command}");
        let nested = sangam("POST", "accounts", Some(&json!({"list": [{"password": "hunter2"}]})));
        assert!(!nested.contains("hunter2"), "{nested}");
    }
}
