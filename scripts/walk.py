"""A walk through the service with an unmodified boto3: from a restricted Confluence page to two people's different answers.

It needs a running server and a running Confluence that the server can reach; the defaults are those of `sangam demo`. Everything is
checked, and the first thing that is not as it has to be ends the walk with exit code 1. Run it with `walk.sh`, which brings boto3.
"""

import argparse
import os
import sys

from steps import confluence, documents, errors
from steps.check import Server, WalkError, step


def arguments() -> tuple[Server, confluence.Site]:
    """Where everything is. Secrets come from the environment, because arguments can be seen by every user of the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default=os.environ.get("SANGAM_ENDPOINT", "http://127.0.0.1:8722"))
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--confluence", default="http://127.0.0.1:8723", help="the site, as the server reaches it")
    parser.add_argument("--crawler", default="search-crawler@fernhill.example", help="the crawler's e-mail address")
    parser.add_argument("--person", default="jonas.weber@fernhill.example", help="may not read the restricted page")
    parser.add_argument("--insider", default="amara.okoye@fernhill.example", help="may read it")
    parser.add_argument("--group", default="people-team", help="may read it")
    parser.add_argument("--other-group", default="engineering", help="may not read it")
    parser.add_argument(
        "--question", default="How much severance do people in Odense get when their role is eliminated?"
    )
    parser.add_argument("--public", default="Severance policy", help="the title of a page for the whole world")
    parser.add_argument("--restricted", default="Project Juniper: severance package", help="the title of one for few")
    parser.add_argument("--public-space", default="HB", help="the key of the one space for the whole world")
    parser.add_argument("--documents", type=int, default=200, help="how many the site has at least")
    given = parser.parse_args()
    server = Server(given.endpoint, needed("SANGAM_ACCESS_KEY_ID"), needed("SANGAM_SECRET_ACCESS_KEY"), given.region)
    site = confluence.Site(
        url=given.confluence,
        username=given.crawler,
        token=os.environ.get("WALK_CRAWLER_TOKEN", "demo-crawler-token"),
        person=given.person,
        insider=given.insider,
        group=given.group,
        other_group=given.other_group,
        question=given.question,
        public=given.public,
        restricted=given.restricted,
        public_space=given.public_space,
        n_documents_min=given.documents,
    )
    return server, site


def needed(name: str) -> str:
    """A variable that has to be set."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"error: {name} is not set\nhint: `sangam demo` prints it, and so does the first start of a server")
    return value


def walk(server: Server, site: confluence.Site) -> None:
    """All of it, in the order in which people meet it."""
    errors.signatures(server)
    made = confluence.create(server, site)
    confluence.sync(server, site, made)
    confluence.ask(server, site, made)
    confluence.look(server, site, made)
    documents.documents(server, made.index_id)
    errors.constraints(server, made.index_id)
    confluence.fail(server, made)
    confluence.ask(server, site, made)
    confluence.remove(server, made)


def main() -> int:
    """Walks, and says how it went."""
    server, site = arguments()
    try:
        walk(server, site)
    except WalkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    step("all is as it has to be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
