"""A Confluence site is crawled with its permissions, and two people get different, right answers."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from steps.check import Server, check, every_result, refused, same, step, titles, until

ROLE = "arn:aws:iam::000000000000:role/walk"
# What a fresh index has, whoever makes it.
PREDEFINED = {
    "_authors", "_category", "_created_at", "_data_source_id", "_document_title", "_excerpt_page_number", "_faq_id",
    "_file_type", "_language_code", "_last_updated_at", "_source_uri", "_tenant_id", "_version", "_view_count",
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The site, and what is known about who may read what in it."""

    url: str
    username: str
    token: str
    person: str
    """Somebody who may not read `restricted`."""
    insider: str
    """Somebody who may."""
    group: str
    """A group that may."""
    other_group: str
    """A group that may not."""
    question: str
    public: str
    """The title of a page that answers the question and that the whole world may read."""
    restricted: str
    """The title of a page that answers the question and that few may read."""
    public_space: str
    """The key of the one space that the whole world may read."""
    n_documents_min: int


@dataclass
class Crawled:
    """What the walk has made."""

    secret_arn: str
    index_id: str
    data_source_id: str


def create(server: Server, site: Site) -> Crawled:
    """Stores the secret, makes the index and the data source."""
    kendra, secrets = server.client("kendra"), server.client("secretsmanager")

    step("store the crawler's credentials")
    # A walk that broke off leaves its things behind; the next one has other names.
    run = uuid.uuid4().hex[:8]
    value = json.dumps({"username": site.username, "password": site.token})
    secret_arn = secrets.create_secret(Name=f"AmazonKendra-Confluence-walk-{run}", SecretString=value)["ARN"]
    same(secrets.get_secret_value(SecretId=secret_arn)["SecretString"], value, "the stored secret")

    step("create an index, wait until it is ACTIVE")
    wanted = {"Name": f"walk-{run}", "RoleArn": ROLE, "ClientToken": str(uuid.uuid4())}
    index_id = kendra.create_index(**wanted)["Id"]
    same(kendra.create_index(**wanted)["Id"], index_id, "the index of a create that is sent twice")
    index = active(kendra, index_id)
    fields = {field["Name"] for field in index["DocumentMetadataConfigurations"]}
    same(fields, PREDEFINED, "the fields of a fresh index")

    step("add a field, make another one visible")
    updates = [
        {"Name": "cf_space_key", "Type": "STRING_VALUE", "Search": {"Facetable": True, "Displayable": True}},
        {"Name": "_category", "Type": "STRING_VALUE", "Search": {"Displayable": True}},
    ]
    kendra.update_index(Id=index_id, DocumentMetadataConfigurationUpdates=updates)
    active(kendra, index_id)

    step("create a TEMPLATE data source, wait until it is ACTIVE")
    template = confluence_template(site, secret_arn)
    source_id = kendra.create_data_source(
        IndexId=index_id,
        Name="confluence",
        Type="TEMPLATE",
        RoleArn=ROLE,
        Configuration={"TemplateConfiguration": {"Template": template}},
    )["Id"]
    source = until(
        "the data source is ACTIVE", 30, lambda: kendra.describe_data_source(Id=source_id, IndexId=index_id),
        lambda source: source["Status"] == "ACTIVE",
    )  # fmt: skip
    same(source["Configuration"]["TemplateConfiguration"]["Template"], template, "the template, described")
    return Crawled(secret_arn, index_id, source_id)


def active(kendra: Any, index_id: str) -> dict[str, Any]:
    """The index, once it is ACTIVE."""
    return until(
        "the index is ACTIVE", 30, lambda: kendra.describe_index(Id=index_id), lambda index: index["Status"] == "ACTIVE"
    )


def confluence_template(site: Site, secret_arn: str) -> dict[str, Any]:
    """The connector's configuration, as Kendra's console writes it."""

    def mapping(source: str, index: str) -> dict[str, str]:
        return {"dataSourceFieldName": source, "indexFieldName": index, "indexFieldType": "STRING"}

    mapped = {"fieldMappings": [mapping("itemType", "_category"), mapping("spaceKey", "cf_space_key")]}
    return {
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "enableIdentityCrawler": True,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": {"type": "SAAS", "hostUrl": site.url, "authType": "Basic"}
        },
        "repositoryConfigurations": {kind: mapped for kind in ("space", "page", "blog", "comment", "attachment")},
        "additionalProperties": {"isCrawlAcl": True, "fieldForUserId": "email", "maxFileSizeInMegaBytes": "50"},
    }


def sync(server: Server, site: Site, made: Crawled) -> None:
    """Crawls twice: the second time there is nothing to do."""
    kendra = server.client("kendra")
    step("start a sync, poll until it has SUCCEEDED")
    job = run_job(kendra, made, is_long=True)
    first = {name: int(count) for name, count in job["Metrics"].items()}
    check(first["DocumentsScanned"] >= site.n_documents_min, f"too few documents were seen: {first}")
    same(first["DocumentsAdded"], first["DocumentsScanned"], "documents added by the first sync")
    same(first["DocumentsFailed"], 0, "documents that failed")
    index = kendra.describe_index(Id=made.index_id)
    counted = index["IndexStatistics"]["TextDocumentStatistics"]["IndexedTextDocumentsCount"]
    same(counted, first["DocumentsAdded"], "the index's own count")

    step("sync again: nothing has changed")
    job = run_job(kendra, made)
    again = {name: int(count) for name, count in job["Metrics"].items()}
    same(again["DocumentsScanned"], first["DocumentsScanned"], "documents seen by the second sync")
    for name in ("DocumentsAdded", "DocumentsModified", "DocumentsDeleted", "DocumentsFailed"):
        same(again[name], 0, f"{name} of the second sync")


def run_job(kendra: Any, made: Crawled, is_long: bool = False) -> dict[str, Any]:
    """Starts a job and returns it once it has SUCCEEDED. While a long one runs, another one must not start."""
    where = {"Id": made.data_source_id, "IndexId": made.index_id}
    execution_id = kendra.start_data_source_sync_job(**where)["ExecutionId"]
    if is_long:
        refused("ResourceInUseException", lambda: kendra.start_data_source_sync_job(**where))

    def newest() -> dict[str, Any]:
        job = kendra.list_data_source_sync_jobs(**where, MaxResults=10)["History"][0]
        same(job["ExecutionId"], execution_id, "the newest job")
        return job

    going = ("SYNCING", "SYNCING_INDEXING")
    job = until("the job has ended", 300, newest, lambda job: job["Status"] not in going)
    same(job["Status"], "SUCCEEDED", f"how the job ended ({job.get('ErrorMessage')})")
    check(job["EndTime"] >= job["StartTime"], f"the job ended before it began: {job}")
    return job


def ask(server: Server, site: Site, made: Crawled) -> None:
    """The same question as different people."""
    kendra, index_id = server.client("kendra"), made.index_id

    def found(**user_context: Any) -> list[str]:
        who = {"UserContext": user_context} if user_context else {}
        return titles(every_result(kendra, index_id, site.question, **who))

    step(f"ask as {site.insider}, who may read the restricted page")
    insider = found(UserId=site.insider)
    check(site.restricted in insider[:3], f"{site.restricted!r} is not among the first three: {insider[:3]}")
    check(site.public in insider[:10], f"{site.public!r} is not on the first page: {insider[:10]}")

    step(f"ask as {site.person}, who may not")
    person = found(UserId=site.person)
    check(site.public in person[:3], f"{site.public!r} is not among the first three: {person[:3]}")
    check(site.restricted not in person, f"{site.person} got {site.restricted!r}")
    same(found(UserId=site.person.upper()), person, "the answer to the same person in capitals")

    step("ask as groups")
    check(site.restricted in found(Groups=[site.group]), f"the group {site.group} does not get {site.restricted!r}")
    check(site.restricted not in found(Groups=[site.other_group]), f"the group {site.other_group} got it")

    step("ask as nobody, and as a stranger: only what is public")
    nobody = list(every_result(kendra, index_id, site.question))
    check(site.public in titles(nobody), f"{site.public!r} is not found by everybody")
    check(site.restricted not in titles(nobody), f"everybody gets {site.restricted!r}")
    spaces = {attribute(item, "cf_space_key") for item in nobody}
    same(spaces, {site.public_space}, "the spaces that everybody finds something in")
    same(found(UserId="stranger@elsewhere.example"), titles(nobody), "what a stranger finds")


def look(server: Server, site: Site, made: Crawled) -> None:
    """The shape of results: excerpts, highlights, attributes, pages, filters, passages."""
    kendra, index_id = server.client("kendra"), made.index_id
    who = {"UserId": site.insider}

    step("look at a result: its excerpt, highlights and attributes")
    answer = kendra.query(IndexId=index_id, QueryText=site.question, UserContext=who, PageSize=3)
    same(len(answer["ResultItems"]), 3, "results on a page of three")
    for item in answer["ResultItems"]:
        check(item["DocumentId"].startswith(f"confluence/{made.data_source_id}/"), f"odd id {item['DocumentId']}")
        check(item["DocumentURI"].startswith("http"), f"odd address {item['DocumentURI']}")
        check(attribute(item, "_category"), f"the mapped field is missing: {item['DocumentAttributes']}")
        excerpt = item["DocumentExcerpt"]
        for mark in excerpt["Highlights"]:
            span = (mark["BeginOffset"], mark["EndOffset"])
            check(0 <= span[0] < span[1] <= len(excerpt["Text"]), f"a highlight {span} outside of the excerpt")
    check(any(item["DocumentExcerpt"]["Highlights"] for item in answer["ResultItems"]), "nothing is highlighted")
    next_page = kendra.query(IndexId=index_id, QueryText=site.question, UserContext=who, PageSize=3, PageNumber=2)
    ids = [item["DocumentId"] for page in (answer, next_page) for item in page["ResultItems"]]
    same(len(set(ids)), 6, "different documents on two pages of three")

    step("filter by a mapped field")
    only = {"EqualsTo": {"Key": "cf_space_key", "Value": {"StringValue": site.public_space}}}
    filtered = list(every_result(kendra, index_id, site.question, UserContext=who, AttributeFilter=only))
    same({attribute(item, "cf_space_key") for item in filtered}, {site.public_space}, "spaces under the filter")

    step("count spaces as two people, sort by kind, browse without a question")
    facets = [{"DocumentAttributeKey": "cf_space_key"}]
    for user in (site.insider, site.person):
        answer = kendra.query(IndexId=index_id, QueryText=site.question, UserContext={"UserId": user}, Facets=facets)
        same(sum(counts(answer).values()), answer["TotalNumberOfResults"], f"what the spaces of {user} add up to")
    by_kind = {"DocumentAttributeKey": "_category", "SortOrder": "ASC"}
    answer = kendra.query(IndexId=index_id, QueryText=site.question, UserContext=who, SortingConfiguration=by_kind)
    kinds = [attribute(item, "_category") or "" for item in answer["ResultItems"]]
    same(kinds, sorted(kinds), "the kinds of results sorted by kind")
    browsed = kendra.query(
        IndexId=index_id, UserContext=who, AttributeFilter=only, Facets=facets, SortingConfiguration=by_kind
    )
    same(counts(browsed), {site.public_space: browsed["TotalNumberOfResults"]}, "the spaces of a browsed space")
    insider, person = (
        counts(kendra.query(IndexId=index_id, UserContext={"UserId": user}, Facets=facets, SortingConfiguration=by_kind))
        for user in (site.insider, site.person)
    )
    check(insider != person, f"{site.insider} and {site.person} browse the same: {insider}")

    step("retrieve passages as two people")
    passages = kendra.retrieve(IndexId=index_id, QueryText=site.question, UserContext=who)["ResultItems"]
    check(any(item["DocumentTitle"] == site.restricted for item in passages), f"no passage of {site.restricted!r}")
    check(all(item["Content"] for item in passages), "a passage without content")
    passages = kendra.retrieve(
        IndexId=index_id, QueryText=site.question, UserContext={"UserId": site.person}, PageSize=100
    )["ResultItems"]
    check(passages, f"no passage for {site.person}")
    check(all(item["DocumentTitle"] != site.restricted for item in passages), f"{site.person} got a passage of it")


def counts(answer: dict[str, Any]) -> dict[str, int]:
    """How many documents have each value of the first facet."""
    pairs = answer["FacetResults"][0]["DocumentAttributeValueCountPairs"]
    return {pair["DocumentAttributeValue"]["StringValue"]: pair["Count"] for pair in pairs}


def attribute(item: dict[str, Any], key: str) -> str | None:
    """A string attribute of a result."""
    return next((a["Value"]["StringValue"] for a in item["DocumentAttributes"] if a["Key"] == key), None)


def fail(server: Server, made: Crawled) -> None:
    """A sync with a wrong password fails with a message, and touches nothing."""
    kendra, secrets = server.client("kendra"), server.client("secretsmanager")
    where = {"Id": made.data_source_id, "IndexId": made.index_id}
    before = kendra.describe_index(Id=made.index_id)["IndexStatistics"]
    value = secrets.get_secret_value(SecretId=made.secret_arn)["SecretString"]

    step("sync with a wrong password: FAILED, and nothing is touched")
    secrets.put_secret_value(SecretId=made.secret_arn, SecretString=json.dumps({**json.loads(value), "password": "no"}))
    kendra.start_data_source_sync_job(**where)
    job = until(
        "the job has ended", 120, lambda: kendra.list_data_source_sync_jobs(**where)["History"][0],
        lambda job: job["Status"] not in ("SYNCING", "SYNCING_INDEXING"),
    )  # fmt: skip
    same(job["Status"], "FAILED", "how a sync with a wrong password ends")
    check(job.get("ErrorMessage"), f"it does not say why: {job}")
    same(kendra.describe_index(Id=made.index_id)["IndexStatistics"], before, "the index after a failed sync")
    secrets.put_secret_value(SecretId=made.secret_arn, SecretString=value)


def remove(server: Server, made: Crawled) -> None:
    """Deletes what was made."""
    kendra, secrets = server.client("kendra"), server.client("secretsmanager")
    step("delete the data source, the index and the secret")
    where = {"Id": made.data_source_id, "IndexId": made.index_id}
    kendra.delete_data_source(**where)
    until("the data source is gone", 60, lambda: gone(lambda: kendra.describe_data_source(**where)), bool)
    kendra.delete_index(Id=made.index_id)
    until("the index is gone", 60, lambda: gone(lambda: kendra.describe_index(Id=made.index_id)), bool)
    secrets.delete_secret(SecretId=made.secret_arn, ForceDeleteWithoutRecovery=True)
    refused("ResourceNotFoundException", lambda: secrets.get_secret_value(SecretId=made.secret_arn))


def gone(describe: Any) -> bool:
    """Whether a resource is no more."""
    try:
        status = describe()["Status"]
    except Exception as error:  # botocore makes the class of this error per client
        same(type(error).__name__, "ResourceNotFoundException", "the error for a deleted resource")
        return True
    same(status, "DELETING", "the status of a resource that is being deleted")
    return False
