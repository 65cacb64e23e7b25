// An auditor reads everything but content, changes nothing, and asks why somebody sees a document.
import { Person, equal, world } from "./lib.mjs";
import { createAccount, signInAs } from "./accounts.mjs";
import { toIndex, toSource } from "./places.mjs";

/** What may be pressed by somebody who changes nothing. */
const HARMLESS = ["Filter", "Find", "Search", "Browse", "Explain", "Copy", "Apply user name or groups"];
/** How the names of what changes something begin. */
const CHANGES = /^(Add|Connect|Create|Delete|Edit|End|Preview|Refresh|Remove|Revoke|Save|Show author|Stop|Store|Sync now)\b/;

export default async function auditor(browser) {
  const admin = await Person.arrive(browser, "auditor-made");
  await admin.enter();
  await createAccount(admin, "auditor1", "Auditor");
  const document = await documentOfTeamOne(admin);
  await admin.leave();
  const auditor = await Person.arrive(browser, "auditor", { dark: true });
  await auditor.go("/console");
  await signInAs(auditor, "auditor1");
  await pages(auditor);
  await report(auditor, document);
  await noContent(auditor);
  await explain(auditor, document);
  await posts(auditor);
  await trail(auditor);
  await auditor.leave();
}

async function pages(auditor) {
  await seen(auditor, "indices");
  await auditor.press("wiki");
  await seen(auditor, "index");
  await auditor.press("Data sources");
  await seen(auditor, "data sources");
  await auditor.press("wiki-confluence");
  await seen(auditor, "data source");
  await auditor.press("People and groups");
  await seen(auditor, "people");
  await auditor.press("Analyst One");
  await auditor.see("What this person can see, by space");
  await seen(auditor, "person");
  await auditor.press("Secrets");
  await seen(auditor, "secrets");
  await auditor.press("AmazonKendra-Confluence-wiki");
  await seen(auditor, "secret");
  for (const page of ["Access keys", "Accounts", "Sessions", "Search page", "Audit trail"]) {
    await auditor.press(page);
    await seen(auditor, page.toLowerCase());
  }
}

/** A page is shown, and offers no change. */
async function seen(auditor, title) {
  await auditor.page.getByRole("heading", { level: 1 }).waitFor();
  await auditor.look(title);
  const main = auditor.page.getByRole("main");
  const buttons = (await main.getByRole("button").allInnerTexts()).filter((name) => !HARMLESS.includes(name.trim()));
  const links = (await main.getByRole("link").allInnerTexts()).filter((name) => CHANGES.test(name.trim()));
  for (const name of [...buttons, ...links]) auditor.violations.push(`${title}: an auditor is offered "${name}"`);
}

/** The id of a page that analyst one may read, from the report of the sync. */
async function documentOfTeamOne(admin) {
  await toSource(admin, "wiki", "wiki-confluence");
  await admin.press("View report");
  const row = admin.page.getByRole("row").filter({ hasText: "Forecast of team one" }).first();
  return (await row.innerText()).match(/confluence\/\S+\/page\/\d+/)[0];
}

/** The report tells what became of each document, by its id: a title is content. */
async function report(auditor, document) {
  await toSource(auditor, "wiki", "wiki-confluence");
  await auditor.press("View report");
  await auditor.see(document);
  await seen(auditor, "report");
  for (const title of ["Forecast of team one", "Only for analyst one"]) {
    if (await auditor.page.getByText(title).count()) auditor.violations.push(`an auditor reads the title "${title}" in the report`);
  }
}

/** A question is not answered, wherever it is asked. */
async function noContent(auditor) {
  await toIndex(auditor, "wiki");
  await auditor.press("Search indexed content", auditor.page.getByRole("navigation", { name: "Console" }));
  await auditor.see("An auditor does not read content.");
  const address = new URL(auditor.page.url());
  await auditor.go(`${address.pathname}?q=forecast&user=${encodeURIComponent(world.analysts[0])}`);
  await auditor.see("An auditor does not read content.");
  equal(await auditor.page.getByText("Forecast of team one").count(), 0, "titles that an auditor finds");
  await seen(auditor, "search");
}

async function explain(auditor, document) {
  await auditor.press("Explain access");
  await auditor.fill("Document ID", document);
  await auditor.fill("User name", world.analysts[1]);
  await auditor.press("Explain");
  await auditor.see(`${world.analysts[1]} does not see it.`);
  await auditor.see("Every one of these must let them in");
  await seen(auditor, "why it is not seen");
  await auditor.fill("User name", world.analysts[0]);
  await auditor.press("Explain");
  await auditor.see(`${world.analysts[0]} sees it.`);
}

/** What a page does not offer is refused to a form that somebody made up, too. */
async function posts(auditor) {
  await toSource(auditor, "wiki", "wiki-confluence");
  const source = new URL(auditor.page.url()).pathname;
  const index = source.split("/data-sources/")[0];
  const forms = {
    [`${source}/sync`]: {},
    [`${source}/refresh`]: {},
    [`${source}/delete`]: { confirmation: "wiki-confluence" },
    [`${index}/delete`]: { confirmation: "wiki" },
    "/console/accounts/new": { name: "crony", password: "correct horse battery", role: "administrator" },
    "/console/keys/new": { policy: "admin" },
  };
  for (const [address, fields] of Object.entries(forms)) {
    const answer = await auditor.page.evaluate(send, [address, fields]);
    const isRefused = answer.status === 403 || /not (allowed|authori[sz]ed)|may not/i.test(answer.text);
    if (!isRefused) auditor.violations.push(`an auditor's form to ${address} was answered with ${answer.status}`);
  }
  await toIndex(auditor, "wiki");
  await auditor.press("Accounts");
  equal(await auditor.page.getByText("crony").count(), 0, "accounts that an auditor made");
}

/** Sends a form as this page would. */
async function send([address, fields]) {
  const _csrf = document.querySelector("input[name=_csrf]").value;
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ _csrf, ...fields }) });
  return { status: answer.status, text: await answer.text() };
}

async function trail(auditor) {
  await auditor.press("Audit trail");
  const events = auditor.page.getByRole("region", { name: "Events" });
  for (const [who, what] of [["auditor1", "SignIn"], ["auditor1", "sangam:ExplainAccess"]]) {
    await events.getByRole("row").filter({ hasText: who }).filter({ hasText: what }).first().waitFor();
  }
  await auditor.fill("What", "sangam:CreateAccount");
  await auditor.press("Filter");
  await events.getByRole("row").filter({ hasText: "auditor1" }).filter({ hasText: "ok" }).first().waitFor();
  await auditor.look("audit trail of accounts");
}
