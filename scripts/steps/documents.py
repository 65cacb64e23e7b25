"""Documents put through the API, with their own access lists, and groups mapped by hand."""

from typing import Any

from steps.check import Server, check, same, step, titles, until

ADA, BEN = "ada@walk.example", "ben@walk.example"
GROUP = "walk-readers"
QUESTION = "How long does the quokka sleep?"


def documents(server: Server, index_id: str) -> None:
    """Puts, finds and deletes documents; maps and unmaps a group."""
    kendra = server.client("kendra")

    step("put three documents, poll until they are INDEXED")
    answer = kendra.batch_put_document(
        IndexId=index_id,
        Documents=[
            document("walk-public", "Quokkas for everybody", "The quokka sleeps through the heat of the day."),
            document(
                "walk-ada", "Quokkas for one", "The quokka of Ada sleeps eleven hours.", allow("USER", ADA)
            ),
            document(
                "walk-group", "Quokkas for a group", "The group's quokka sleeps nine hours.", allow("GROUP", GROUP)
            ),
        ],
    )
    same(answer["FailedDocuments"], [], "documents refused")
    ids = ["walk-public", "walk-ada", "walk-group"]
    until("the documents are INDEXED", 30, lambda: statuses(kendra, index_id, ids), lambda all: set(all) == {"INDEXED"})
    same(statuses(kendra, index_id, ["walk-nowhere"]), ["NOT_FOUND"], "the status of a document that is not there")

    step("each is found by those who may read it")
    everybody, ada, group = "Quokkas for everybody", "Quokkas for one", "Quokkas for a group"
    same(found(kendra, index_id), {everybody}, "what nobody in particular finds")
    same(found(kendra, index_id, UserId=ADA), {everybody, ada}, "what Ada finds")
    same(found(kendra, index_id, UserId=BEN), {everybody}, "what Ben finds")
    same(found(kendra, index_id, Groups=[GROUP]), {everybody, group}, "what the group finds")
    same(found(kendra, index_id, UserId=ADA, Groups=[GROUP]), {everybody, ada, group}, "what Ada finds in the group")

    step("map the group: Ben is found to be in it")
    mapping = {"IndexId": index_id, "GroupId": GROUP}
    members = {"MemberUsers": [{"UserId": BEN}]}
    kendra.put_principal_mapping(**mapping, GroupMembers=members, OrderingId=2)
    state = until(
        "the mapping has SUCCEEDED", 30, lambda: kendra.describe_principal_mapping(**mapping),
        lambda state: state["GroupOrderingIdSummaries"][0]["Status"] == "SUCCEEDED",
    )  # fmt: skip
    same(state["GroupOrderingIdSummaries"][0]["OrderingId"], 2, "the ordering id of the mapping")
    same(found(kendra, index_id, UserId=BEN), {everybody, group}, "what Ben finds now")
    older = kendra.list_groups_older_than_ordering_id(IndexId=index_id, OrderingId=3)["GroupsSummaries"]
    same([summary["GroupId"] for summary in older], [GROUP], "groups older than ordering id 3")

    step("an older change of the group does not count, a newer one does")
    kendra.put_principal_mapping(**mapping, GroupMembers={"MemberUsers": [{"UserId": ADA}]}, OrderingId=1)
    same(found(kendra, index_id, UserId=BEN), {everybody, group}, "what Ben finds after an older change")
    kendra.delete_principal_mapping(**mapping, OrderingId=3)
    until(
        "Ben is out of the group", 30, lambda: found(kendra, index_id, UserId=BEN), lambda them: them == {everybody}
    )

    step("put a document again: its text and its readers change together")
    narrowed = document("walk-public", "Quokkas for Ada", "The quokka sleeps twice a day.", allow("USER", ADA))
    kendra.batch_put_document(IndexId=index_id, Documents=[narrowed])
    done = {"INDEXED", "UPDATED"}
    until("the document is indexed again", 30, lambda: statuses(kendra, index_id, ids[:1]), lambda all: set(all) <= done)
    same(found(kendra, index_id), set(), "what nobody in particular finds now")
    same(found(kendra, index_id, UserId=ADA), {"Quokkas for Ada", ada}, "what Ada finds now")

    step("delete the documents")
    answer = kendra.batch_delete_document(IndexId=index_id, DocumentIdList=ids)
    same(answer["FailedDocuments"], [], "documents not deleted")
    until("they are gone", 30, lambda: statuses(kendra, index_id, ids), lambda all: set(all) == {"NOT_FOUND"})
    same(found(kendra, index_id, UserId=ADA, Groups=[GROUP]), set(), "what is found of them")


def document(document_id: str, title: str, text: str, access: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A document of plain text."""
    put: dict[str, Any] = {"Id": document_id, "Title": title, "Blob": text.encode(), "ContentType": "PLAIN_TEXT"}
    if access:
        put["AccessControlList"] = access
    return put


def allow(kind: str, name: str) -> list[dict[str, str]]:
    """An access list of one."""
    return [{"Name": name, "Type": kind, "Access": "ALLOW"}]


def statuses(kendra: Any, index_id: str, ids: list[str]) -> list[str]:
    """The status of each document."""
    infos = [{"DocumentId": document_id} for document_id in ids]
    answer = kendra.batch_get_document_status(IndexId=index_id, DocumentInfoList=infos)
    same(answer.get("Errors", []), [], "errors of the status request")
    told = {status["DocumentId"]: status["DocumentStatus"] for status in answer["DocumentStatusList"]}
    same(set(told), set(ids), "the documents that have a status")
    return [told[document_id] for document_id in ids]


def found(kendra: Any, index_id: str, **user_context: Any) -> set[str]:
    """Titles of this step's documents that somebody finds."""
    who = {"UserContext": user_context} if user_context else {}
    answer = kendra.query(IndexId=index_id, QueryText=QUESTION, PageSize=100, **who)
    items = [item for item in answer["ResultItems"] if item["DocumentId"].startswith("walk-")]
    check(len({item["DocumentId"] for item in items}) == len(items), "a document is found twice")
    return set(titles(items))
