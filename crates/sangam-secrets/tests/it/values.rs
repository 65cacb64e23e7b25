//! Creating, reading and changing values.

use serde_json::json;

use crate::world::{World, members, token};

#[tokio::test]
async fn a_secret_is_created_and_read_as_recorded() {
    let world = World::new().await;
    let input = json!({"Name": "a/b", "Description": "d", "SecretString": "{\"k\":1}", "ClientRequestToken": token(1)});
    let created = world.ok("CreateSecret", input).await;
    assert_eq!(members(&created), ["ARN", "Name", "VersionId"]);
    let arn = created["ARN"].as_str().unwrap();
    let suffix = arn.strip_prefix("arn:aws:secretsmanager:eu-west-1:000000000000:secret:a/b-").unwrap();
    assert!(suffix.len() == 6 && suffix.chars().all(|c| c.is_ascii_alphanumeric()), "{arn}");

    let unread = world.ok("DescribeSecret", json!({"SecretId": "a/b"})).await;
    let expected = ["ARN", "CreatedDate", "Description", "LastChangedDate", "Name", "VersionIdsToStages"];
    assert_eq!(members(&unread), expected);

    let read = world.ok("GetSecretValue", json!({"SecretId": arn})).await;
    assert_eq!(members(&read), ["ARN", "CreatedDate", "Name", "SecretString", "VersionId", "VersionStages"]);
    assert_eq!((&read["SecretString"], &read["VersionStages"]), (&json!("{\"k\":1}"), &json!(["AWSCURRENT"])));
    assert_eq!((&read["VersionId"], &read["ARN"]), (&json!(token(1)), &created["ARN"]));
    assert!(read["CreatedDate"].is_number());

    let described = world.ok("DescribeSecret", json!({"SecretId": "a/b"})).await;
    let day = described["LastAccessedDate"].as_f64().unwrap();
    assert!(day % 86_400.0 == 0.0 && day <= unread["CreatedDate"].as_f64().unwrap());
    assert_eq!(described["VersionIdsToStages"], json!({token(1): ["AWSCURRENT"]}));
}

#[tokio::test]
async fn name_arn_and_shortened_arn_of_any_region_find_it() {
    let world = World::with_secret().await;
    let arn = world.arn().await;
    let elsewhere = arn.replace("eu-west-1:000000000000", "us-east-1:123456789012");
    for id in ["a", &arn, &elsewhere, &arn[..arn.len() - 7]] {
        assert_eq!(world.ok("GetSecretValue", json!({"SecretId": id})).await["SecretString"], "one", "{id}");
    }
    for id in ["b", &format!("{}x", &arn[..arn.len() - 1]), &arn[..arn.len() - 3]] {
        assert_eq!(world.code("GetSecretValue", json!({"SecretId": id})).await, "ResourceNotFoundException", "{id}");
    }
    for id in ["Inv Name", "arn:aws:iam::1:role/x"] {
        assert_eq!(world.code("GetSecretValue", json!({"SecretId": id})).await, "ValidationException", "{id}");
    }
}

#[tokio::test]
async fn bytes_come_back_as_bytes() {
    let world = World::new().await;
    let input = json!({"Name": "a", "SecretBinary": "AP8=", "ClientRequestToken": token(1)});
    world.ok("CreateSecret", input).await;
    let read = world.ok("GetSecretValue", json!({"SecretId": "a"})).await;
    assert_eq!((&read["SecretBinary"], &read["SecretString"]), (&json!("AP8="), &json!(null)));
}

#[tokio::test]
async fn a_secret_without_a_value_gets_its_first_one_by_put() {
    let world = World::new().await;
    let created = world.ok("CreateSecret", json!({"Name": "a", "ClientRequestToken": token(1)})).await;
    assert_eq!(members(&created), ["ARN", "Name"]);
    let described = world.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    assert_eq!(members(&described), ["ARN", "CreatedDate", "LastChangedDate", "Name"]);
    let (code, message) = world.err("GetSecretValue", json!({"SecretId": "a"})).await;
    assert!(code == "ResourceNotFoundException" && message.contains("AWSCURRENT"), "{code} {message}");
    let input = json!({"SecretId": "a", "SecretString": "x", "ClientRequestToken": token(2)});
    let put = world.ok("PutSecretValue", input).await;
    assert_eq!(members(&put), ["ARN", "Name", "VersionId", "VersionStages"]);
    assert_eq!(put["VersionStages"], json!(["AWSCURRENT"]));
}

#[tokio::test]
async fn the_same_request_again_has_the_same_answer_and_another_value_is_refused() {
    let world = World::new().await;
    let create = json!({"Name": "a", "SecretString": "one", "ClientRequestToken": token(1)});
    let first = world.ok("CreateSecret", create.clone()).await;
    assert_eq!(world.ok("CreateSecret", create).await, first);
    for (value, number) in [("two", 1), ("one", 2)] {
        let other = json!({"Name": "a", "SecretString": value, "ClientRequestToken": token(number)});
        assert_eq!(world.code("CreateSecret", other).await, "ResourceExistsException");
    }
    for operation in ["PutSecretValue", "UpdateSecret"] {
        let input = json!({"SecretId": "a", "SecretString": "two", "ClientRequestToken": token(2)});
        let first = world.ok(operation, input.clone()).await;
        assert_eq!(world.ok(operation, input).await, first);
        for other in [json!({"SecretString": "three"}), json!({"SecretBinary": "dHdv"})] {
            let mut input = json!({"SecretId": "a", "ClientRequestToken": token(2)});
            input.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            let (code, message) = world.err(operation, input).await;
            assert_eq!(code, "ResourceExistsException");
            assert!(!message.contains("two") && !message.contains("three"), "{message}");
        }
    }
    assert_eq!(world.stages().await, [(1, vec!["AWSPREVIOUS".into()]), (2, vec!["AWSCURRENT".into()])]);
}

#[tokio::test]
async fn without_a_request_token_nothing_is_written() {
    let world = World::with_secret().await;
    let cases = [
        ("CreateSecret", json!({"Name": "b", "SecretString": "x"})),
        ("PutSecretValue", json!({"SecretId": "a", "SecretString": "x"})),
        ("UpdateSecret", json!({"SecretId": "a", "SecretString": "x"})),
        ("RotateSecret", json!({"SecretId": "a"})),
    ];
    for (operation, input) in cases {
        let (code, message) = world.err(operation, input).await;
        assert!(code == "InvalidRequestException" && message.contains("ClientRequestToken"), "{operation}: {message}");
    }
    assert_eq!(world.code("DescribeSecret", json!({"SecretId": "b"})).await, "ResourceNotFoundException");
    assert_eq!(world.stages().await, [(1, vec!["AWSCURRENT".into()])]);
}

#[tokio::test]
async fn wrong_input_has_the_code_that_was_recorded() {
    let world = World::with_secret().await;
    let long = "x".repeat(65_537);
    let wide = "ä".repeat(40_000);
    let cases = [
        ("CreateSecret", json!({"Name": "Inv*Name?", "SecretString": "x"}), "ValidationException"),
        ("CreateSecret", json!({"Name": "", "SecretString": "x"}), "ValidationException"),
        ("CreateSecret", json!({"Name": "b", "SecretString": long}), "ValidationException"),
        ("CreateSecret", json!({"Name": "b", "SecretString": wide}), "InvalidParameterException"),
        (
            "CreateSecret",
            json!({"Name": "b", "SecretString": "x", "SecretBinary": "eA=="}),
            "InvalidParameterException",
        ),
        ("CreateSecret", json!({"Name": "b", "Tags": [{"Key": "k"}, {"Key": "k"}]}), "InvalidParameterException"),
        (
            "CreateSecret",
            json!({"Name": "b", "AddReplicaRegions": [{"Region": "eu-west-1"}]}),
            "InvalidRequestException",
        ),
        ("PutSecretValue", json!({"SecretId": "a"}), "InvalidRequestException"),
        ("PutSecretValue", json!({"SecretId": "b", "SecretString": "x"}), "ResourceNotFoundException"),
        ("UpdateSecret", json!({"SecretId": "b", "SecretString": "x"}), "ResourceNotFoundException"),
        (
            "UpdateSecret",
            json!({"SecretId": "a", "SecretString": "x", "SecretBinary": "eA=="}),
            "InvalidParameterException",
        ),
        ("RotateSecret", json!({"SecretId": "a"}), "InvalidRequestException"),
        ("RotateSecret", json!({"SecretId": "b"}), "ResourceNotFoundException"),
    ];
    for (operation, mut input, expected) in cases {
        input["ClientRequestToken"] = json!(token(9));
        let (code, message) = world.err(operation, input.clone()).await;
        let keys = members(&input).join(" ");
        assert_eq!(code, expected, "{operation} {keys}: {message}");
        assert!(!message.contains("xxxx"), "{operation} {keys}");
    }
    let (_, message) = world.err("RotateSecret", json!({"SecretId": "a", "ClientRequestToken": token(9)})).await;
    assert!(message.contains("no rotation function"), "{message}");
    let function = json!({"SecretId": "a", "ClientRequestToken": token(9), "RotationLambdaARN": "arn:aws:lambda:x"});
    let (code, message) = world.err("RotateSecret", function).await;
    assert!(code == "InvalidRequestException" && message.contains("not implemented"), "{message}");
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_empties_what_is_empty() {
    let world = World::with_secret().await;
    let input = json!({"SecretId": "a", "Description": "d", "KmsKeyId": "key", "ClientRequestToken": token(2)});
    assert_eq!(members(&world.ok("UpdateSecret", input).await), ["ARN", "Name"]);
    let described = world.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    assert_eq!((&described["Description"], &described["KmsKeyId"]), (&json!("d"), &json!("key")));
    let input = json!({"SecretId": "a", "Description": "", "SecretString": "two", "ClientRequestToken": token(3)});
    assert_eq!(world.ok("UpdateSecret", input).await["VersionId"], token(3));
    let described = world.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    assert_eq!((&described["Description"], &described["KmsKeyId"]), (&json!(null), &json!("key")));
    assert_eq!(world.stages().await, [(1, vec!["AWSPREVIOUS".into()]), (3, vec!["AWSCURRENT".into()])]);
}

#[tokio::test]
async fn tags_come_and_go() {
    let world = World::with_secret().await;
    world.ok("TagResource", json!({"SecretId": "a", "Tags": [{"Key": "k", "Value": "1"}, {"Key": "b"}]})).await;
    world.ok("TagResource", json!({"SecretId": world.arn().await, "Tags": [{"Key": "k", "Value": "2"}]})).await;
    let tags = world.ok("DescribeSecret", json!({"SecretId": "a"})).await["Tags"].clone();
    assert_eq!(tags, json!([{"Key": "b", "Value": ""}, {"Key": "k", "Value": "2"}]));
    let many: Vec<_> = (0..49).map(|i| json!({"Key": format!("many{i}")})).collect();
    assert_eq!(world.code("TagResource", json!({"SecretId": "a", "Tags": many})).await, "InvalidParameterException");
    world.ok("UntagResource", json!({"SecretId": "a", "TagKeys": ["k", "b", "unknown"]})).await;
    let described = world.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    assert!(!members(&described).contains(&"Tags"));
    assert_eq!(world.code("TagResource", json!({"SecretId": "b", "Tags": []})).await, "ResourceNotFoundException");
    assert_eq!(world.code("UntagResource", json!({"SecretId": "b", "TagKeys": []})).await, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_random_password_is_as_asked() {
    let world = World::new().await;
    let answer = world.ok("GetRandomPassword", json!({"PasswordLength": 20, "ExcludePunctuation": true})).await;
    let password = answer["RandomPassword"].as_str().unwrap();
    assert!(password.len() == 20 && password.chars().all(|c| c.is_ascii_alphanumeric()), "{password}");
    assert_eq!(world.code("GetRandomPassword", json!({"PasswordLength": 3})).await, "InvalidParameterException");
    assert_eq!(world.code("GetRandomPassword", json!({"PasswordLength": 4097})).await, "ValidationException");
}

#[tokio::test]
async fn a_policy_is_never_there_and_what_is_not_built_says_so() {
    let world = World::with_secret().await;
    let policy = world.ok("GetResourcePolicy", json!({"SecretId": "a"})).await;
    assert_eq!(members(&policy), ["ARN", "Name"]);
    assert_eq!(world.code("GetResourcePolicy", json!({"SecretId": "b"})).await, "ResourceNotFoundException");
    let (code, message) = world.err("PutResourcePolicy", json!({"SecretId": "a", "ResourcePolicy": "{}"})).await;
    assert!(code == "InvalidRequestException" && message.contains("not implemented"), "{message}");
}
