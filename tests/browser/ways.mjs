// The ways into Confluence that the first walk does not take: OAuth 2.0, a personal access token; what is wrong stands beside its field; *Preview*.
import { Person, equal, world } from "./lib.mjs";
import { beginSource, finishSource, removeSource } from "./places.mjs";

/** Nobody listens there. */
const NOBODY = "http://127.0.0.1:9";
const MADE_HERE = "Create and add new secret (below)";

export default async function ways(browser) {
  const admin = await Person.arrive(browser, "ways", { dark: true });
  await admin.enter();
  await wrong(admin);
  await personalToken(admin);
  await oauth(admin);
  await admin.leave();
}

/** Wrong secret, host and pattern: each is told beside its field, and what was typed stays. */
async function wrong(admin) {
  await beginSource(admin, "wiki", "wrong");
  await admin.fill("Confluence URL", world.site);
  await admin.choose("AWS Secrets Manager secret", MADE_HERE);
  await admin.fill("User name (e-mail address)", world.crawler);
  await admin.fill("Password (API token)", "not the token");
  await admin.press("Test connection");
  await admin.beside("AWS Secrets Manager secret", /\w/);
  await admin.look("wrong secret");
  await admin.fill("Password (API token)", world.token);
  await admin.fill("Confluence URL", NOBODY);
  await admin.press("Test connection");
  await admin.beside("Confluence URL", /127\.0\.0\.1:9/);
  await admin.look("unreachable host");
  equal(await admin.field("User name (e-mail address)").inputValue(), world.crawler, "what was typed before the refusal");
  await admin.fill("Confluence URL", world.site);
  await admin.press("Next");
  await admin.fill("Page titles to include", "Forecast\n(never closed");
  await admin.press("Next");
  await admin.beside("Page titles to include", /never closed/);
  equal(await admin.field("Page titles to include").inputValue(), "Forecast\n(never closed", "the patterns that were typed");
  await admin.look("pattern refused");
  await admin.press("Cancel");
}

async function personalToken(admin) {
  await beginSource(admin, "wiki", "server");
  await admin.tick("Confluence Server/Data Center");
  await admin.fill("Confluence URL", world.dataCenter.url);
  await admin.tick("Personal access token");
  await admin.press("Show the fields of this authentication");
  await admin.choose("AWS Secrets Manager secret", MADE_HERE);
  await admin.fill("Secret name", "AmazonKendra-Confluence-personal-token");
  await admin.page.getByLabel("Personal access token", { exact: true }).last().fill(world.dataCenter.token);
  await admin.press("Test connection");
  await admin.see(/The connection works/);
  await admin.look("personal token");
  await admin.press("Next");
  await finishSource(admin);
  await preview(admin);
  await admin.press("server");
  await removeSource(admin, "server");
}

async function oauth(admin) {
  await beginSource(admin, "wiki", "granted");
  await admin.fill("Confluence URL", world.site);
  await admin.tick("OAuth 2.0");
  await admin.press("Show the fields of this authentication");
  await admin.choose("AWS Secrets Manager secret", "cloud-grant");
  await admin.press("Test connection");
  await admin.see(/The connection works/);
  await admin.look("granted");
  await admin.press("Next");
  await finishSource(admin);
  await preview(admin);
  equal(Number(await admin.fact("Would be added")), world.scanned, "documents that a sync would add");
  for (const key of ["ONE", "TWO", "ALL"]) await admin.page.getByRole("cell", { name: key, exact: true }).waitFor();
  const people = admin.page.getByRole("region", { name: "Who could see how much" });
  for (const [at, name] of ["Analyst One", "Analyst Two"].entries()) {
    const cells = people.getByRole("row").filter({ hasText: name }).getByRole("cell");
    equal(Number(await cells.last().innerText()), world.readable[at], `documents that ${name} could see`);
  }
  await admin.press("granted");
  await removeSource(admin, "granted");
}

/** What a sync would do, without doing it. */
async function preview(admin) {
  await admin.press("Preview");
  await admin.see("The preview is done. Nothing was changed.");
  await admin.look("preview");
}
