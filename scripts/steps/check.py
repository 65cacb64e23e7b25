"""What every step stands on: clients, checks that fail loudly, and waiting with an end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# No retries: a walk that needs one has found something.
PLAIN = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)


class WalkError(Exception):
    """Something was not as it has to be."""


@dataclass(frozen=True)
class Server:
    """Where the service is, and the key that opens it."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str

    def client(self, service: str, config: Config | None = None, **other: str) -> Any:
        """A boto3 client; `other` replaces parts of the key."""
        session = boto3.session.Session(
            aws_access_key_id=other.get("access_key", self.access_key),
            aws_secret_access_key=other.get("secret_key", self.secret_key),
            aws_session_token=other.get("session_token"),
            region_name=self.region,
        )
        config = PLAIN.merge(config) if config else PLAIN
        return session.client(service, endpoint_url=self.endpoint, config=config)


def step(text: str) -> None:
    """Says what comes next."""
    print(f"- {text}", flush=True)


def check(holds: object, text: str) -> None:
    """Goes on only if it holds."""
    if not holds:
        raise WalkError(text)


def same(found: object, expected: object, what: str) -> None:
    """Goes on only if both are the same."""
    check(found == expected, f"{what}: expected {expected!r}, found {found!r}")


def until(what: str, seconds: float, ask: Callable[[], Any], done: Callable[[Any], object]) -> Any:
    """Asks until the answer will do, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if done(answer):
            return answer
        if time.monotonic() > deadline:
            raise WalkError(f"{what}: not within {seconds:.0f} s; the last answer was {answer!r}")
        time.sleep(0.1)


def refused(code: str, call: Callable[[], object], *words: str) -> str:
    """Makes a call that has to be refused with this code and these words in the message; returns the message."""
    try:
        call()
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        same(error.response["Error"]["Code"], code, f"the code of the refusal ({message})")
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        check(400 <= status < 500, f"{code} came with status {status}")
        check(error.response["ResponseMetadata"].get("RequestId"), f"{code} came without a request id")
        for word in words:
            check(word in message, f"{code} does not speak of {word!r}: {message}")
        return message
    raise WalkError(f"a call was answered that has to be refused with {code}")


def every_result(kendra: Any, index_id: str, text: str, **who: Any) -> Iterator[dict[str, Any]]:
    """All results of a query, page by page."""
    page = 1
    while True:
        answer = kendra.query(IndexId=index_id, QueryText=text, PageNumber=page, PageSize=100, **who)
        yield from answer["ResultItems"]
        if page * 100 >= answer["TotalNumberOfResults"]:
            return
        page += 1


def titles(items: Any) -> list[str]:
    """The titles of results, in their order."""
    return [item["DocumentTitle"]["Text"] for item in items]
