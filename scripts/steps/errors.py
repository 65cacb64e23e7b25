"""Requests that have to be refused, each with the code that AWS's clients know."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any
from unittest import mock

import botocore
import botocore.auth
from botocore.config import Config

from steps.check import Server, refused, same, step

# boto3 checks required members, types and minimum lengths itself; here the server shall.
UNCHECKED = Config(parameter_validation=False)
INVALID_SIGNATURE = "InvalidSignatureException"


def signatures(server: Server) -> None:
    """Wrong keys, clocks and bodies."""
    step("a wrong secret, an unknown key, no signature, a forged session")
    list_indices: Callable[..., Any] = lambda **key: server.client("kendra", **key).list_indices()
    refused(INVALID_SIGNATURE, lambda: list_indices(secret_key="wrong"), "signature we calculated does not match")
    refused("UnrecognizedClientException", lambda: list_indices(access_key="AKIAWALKUNKNOWNKEY00"), "security token")
    refused("UnrecognizedClientException", lambda: list_indices(session_token="forged"), "security token")
    unsigned = server.client("kendra", Config(signature_version=botocore.UNSIGNED))
    refused("MissingAuthenticationTokenException", unsigned.list_indices)

    step("a clock that is wrong by more than five minutes, and one by less")
    with shifted_clock(minutes=-6):
        refused(INVALID_SIGNATURE, list_indices, "Signature expired")
    with shifted_clock(minutes=6):
        refused(INVALID_SIGNATURE, list_indices, "Signature not yet current")
    with shifted_clock(minutes=-4):
        list_indices()

    step("a body, a target and a host that were altered on the way")
    refused(INVALID_SIGNATURE, altered(server, body=b'{"MaxResults": 2}').list_indices_of_three)
    refused(INVALID_SIGNATURE, altered(server, target="AWSKendraFrontendService.ListIndicez").list_indices_of_three)
    refused(INVALID_SIGNATURE, altered(server, host="elsewhere.example").list_indices_of_three)

    step("a scope of another service")
    foreign = server.client("kendra")
    foreign._request_signer._signing_name = "s3"
    refused(INVALID_SIGNATURE, foreign.list_indices, "Credential should be scoped")


def shifted_clock(minutes: int) -> Any:
    """Has botocore sign as if it were so many minutes later."""
    now = botocore.auth.get_current_datetime
    return mock.patch.object(
        botocore.auth,
        "get_current_datetime",
        lambda *args, **kwargs: now(*args, **kwargs) + datetime.timedelta(minutes=minutes),
    )


class altered:  # noqa: N801 (reads as the adjective that it is)
    """A client whose requests change after they are signed."""

    def __init__(self, server: Server, body: bytes | None = None, target: str | None = None, host: str | None = None):
        self.client = server.client("kendra")
        self.body, self.target, self.host = body, target, host
        self.client.meta.events.register("before-send.kendra.*", self.alter)

    def alter(self, request: Any, **_: object) -> None:
        if self.body:
            # Of the same length, so that it is the signature that notices.
            same(len(self.body), len(request.body), f"the length of the body instead of {request.body!r}")
            request.body = self.body
        if self.target:
            request.headers["X-Amz-Target"] = self.target
        if self.host:
            request.headers["Host"] = self.host

    def list_indices_of_three(self) -> None:
        self.client.list_indices(MaxResults=3)


def constraints(server: Server, index_id: str) -> None:
    """Inputs that the model does not allow, and ids of nothing."""
    kendra, strict = server.client("kendra", UNCHECKED), server.client("kendra")
    role = "arn:aws:iam::000000000000:role/walk"
    invalid = "ValidationException"

    step("inputs that violate the model")
    refused(
        invalid, lambda: kendra.query(IndexId="short", QueryText="x"),
        "1 validation error detected", "indexId", "length greater than or equal to 36",
    )  # fmt: skip
    refused(
        invalid, lambda: kendra.create_index(Name="no blanks, please", RoleArn=role),
        "1 validation error detected", "name", "regular expression pattern",
    )  # fmt: skip
    refused(
        invalid, lambda: kendra.query(IndexId=index_id, QueryText="x", QueryResultTypeFilter="POEM"),
        "queryResultTypeFilter", "enum value set", "DOCUMENT",
    )  # fmt: skip
    refused(invalid, lambda: kendra.create_index(RoleArn=role), "name", "must not be null")
    refused(
        invalid, lambda: kendra.create_index(Name="-", RoleArn="-", Description="x" * 1001), "3 validation errors detected"
    )
    refused(invalid, lambda: strict.list_indices(MaxResults=101), "maxResults", "less than or equal to 100")
    eleven = [{"Id": str(number), "Blob": b"x"} for number in range(11)]
    refused(
        invalid, lambda: strict.batch_put_document(IndexId=index_id, Documents=eleven),
        "documents", "length less than or equal to 10",
    )  # fmt: skip
    refused("SerializationException", lambda: kendra.list_indices(MaxResults="many"))

    step("ids of nothing")
    nothing = str(uuid.uuid4())
    missing = "ResourceNotFoundException"
    refused(missing, lambda: strict.describe_index(Id=nothing), nothing)
    refused(missing, lambda: strict.query(IndexId=nothing, QueryText="x"), nothing)
    refused(missing, lambda: strict.describe_data_source(Id=nothing, IndexId=index_id))
    refused(missing, lambda: strict.start_data_source_sync_job(Id=nothing, IndexId=index_id))
    secrets = server.client("secretsmanager")
    refused(missing, lambda: secrets.get_secret_value(SecretId="walk/nothing"))

    step("what makes no sense")
    empty: dict[str, Any] = {}
    refused(
        invalid, lambda: strict.query(IndexId=index_id, QueryText="x", AttributeFilter=empty),
        "AttributeFilter cannot have 0 operators",
    )  # fmt: skip
    refused("ValidationException", lambda: strict.create_faq(
        IndexId=index_id, Name="faq", S3Path={"Bucket": "bucket", "Key": "faq.csv"}, RoleArn=role
    ), "not implemented yet")  # fmt: skip
