//! From the model's names to Rust's.

/// Words of Rust that a member may be called.
const KEYWORDS: [&str; 38] = [
    "as", "async", "await", "box", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// Names that every Rust file knows already, and that a generated type would shadow.
const PRELUDE: [&str; 11] =
    ["Box", "Clone", "Debug", "Default", "Err", "None", "Ok", "Option", "Result", "Some", "Vec"];

/// The Rust type for a structure or an enum: the model's name, with `Shape` after it where Rust has the name already.
pub(crate) fn type_name(shape: &str) -> String {
    if PRELUDE.contains(&shape) || shape == "String" { format!("{shape}Shape") } else { shape.to_owned() }
}

/// The Rust field for a member: `ResourceARN` is `resource_arn`, `S3Path` is `s3_path`, `Type` is `r#type`.
pub(crate) fn field_name(member: &str) -> String {
    let snake = snake_case(member);
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// The Rust constant for a shape: `IndexId` is `INDEX_ID`.
pub(crate) fn constant_name(shape: &str) -> String {
    snake_case(shape).to_uppercase()
}

/// The Rust variant for an enum's value: `ENTERPRISE_EDITION` is `EnterpriseEdition`, `tag-key` is `TagKey`, `InSync` stays.
pub(crate) fn variant_name(value: &str) -> String {
    let mut name = String::new();
    for word in value.split(['_', '-']) {
        let shouted = !word.chars().any(|c| c.is_ascii_lowercase());
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(characters.map(|c| if shouted { c.to_ascii_lowercase() } else { c }));
    }
    if name == "Self" { "Itself".to_owned() } else { name }
}

/// `SNAKE`-able words: a boundary before a capital that follows a small letter or digit, and before the last capital of a run.
fn snake_case(name: &str) -> String {
    let name = name.replace("SaaS", "Saas");
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (i, &c) in characters.iter().enumerate() {
        let after_small = i > 0 && !characters[i - 1].is_ascii_uppercase();
        let ends_run = i > 0 && characters.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_small || ends_run) {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let cases = [
            ("IndexId", "index_id"),
            ("ResourceARN", "resource_arn"),
            ("URL", "url"),
            ("S3Path", "s3_path"),
            ("OneDriveUserS3Path", "one_drive_user_s3_path"),
            ("DocumentURI", "document_uri"),
            ("SaaSConfiguration", "saas_configuration"),
            ("RotationLambdaARN", "rotation_lambda_arn"),
            ("Type", "r#type"),
        ];
        for (member, field) in cases {
            assert_eq!(field_name(member), field);
        }
    }

    #[test]
    fn variants() {
        let cases = [
            ("ENTERPRISE_EDITION", "EnterpriseEdition"),
            ("AWS_SSO", "AwsSso"),
            ("SHAREPOINT_2013", "Sharepoint2013"),
            ("GreaterThanOrEquals", "GreaterThanOrEquals"),
            ("documentLibrary", "DocumentLibrary"),
            ("tag-key", "TagKey"),
            ("asc", "Asc"),
        ];
        for (value, variant) in cases {
            assert_eq!(variant_name(value), variant);
        }
    }

    #[test]
    fn what_rust_knows_already_is_renamed() {
        assert_eq!(type_name("Option"), "OptionShape");
        assert_eq!(type_name("Facet"), "Facet");
        assert_eq!(constant_name("S3Path"), "S3_PATH");
    }
}
