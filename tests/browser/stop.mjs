// A sync of a large, slow Confluence is stopped while it runs; its data source is edited in place; an access key is made and revoked.
import { Person, equal, world } from "./lib.mjs";
import { beginSource, finishSource, removeSource } from "./places.mjs";

const NAME = "large-confluence";

export default async function stop(browser) {
  const admin = await Person.arrive(browser, "stop");
  await admin.enter();
  await addLarge(admin);
  await stopSync(admin);
  await edit(admin);
  await removeSource(admin, NAME);
  await key(admin);
  await admin.leave();
}

/** With a secret that is made in place. */
async function addLarge(admin) {
  await beginSource(admin, "wiki", NAME);
  await admin.fill("Confluence URL", world.large.url);
  await admin.choose("AWS Secrets Manager secret", "Create and add new secret (below)");
  await admin.fill("User name (e-mail address)", world.large.crawler);
  await admin.fill("Password (API token)", world.large.token);
  await admin.press("Next");
  await finishSource(admin);
}

async function stopSync(admin) {
  await admin.press("Sync now");
  await admin.see("Sync in progress");
  await admin.fact("Scanned", /[1-9]/);
  await admin.look("sync under way");
  await admin.press("Stop");
  await admin.see(/The sync is being stopped\.|Sync was stopped: /);
  await admin.look("sync is being stopped");
  await admin.see(/Sync was stopped: [1-9]/);
  await admin.look("sync stopped");
  const history = admin.page.getByRole("region", { name: "Sync run history" });
  await history.getByRole("row").filter({ hasText: "ABORTED" }).waitFor();
  await admin.press("View report");
  await admin.see(/Sync was stopped: /);
  await admin.look("report of a stopped sync");
  await admin.press(NAME);
}

async function edit(admin) {
  await admin.press("Edit");
  await admin.fill("Description", "Every space of the large site");
  await admin.choose("Frequency", "Daily");
  await admin.fill("Time of day, in UTC", "25:00");
  await admin.press("Save changes");
  await admin.beside("Time of day, in UTC", /from 00:00 to 23:59/);
  equal(await admin.field("Description").inputValue(), "Every space of the large site", "what was typed before the refusal");
  await admin.look("edit refused");
  await admin.fill("Time of day, in UTC", "04:30");
  await admin.press("Show the next runs");
  await admin.see(/04:30/);
  await admin.press("Save changes");
  await admin.see("The data source was changed.");
  equal(await admin.fact("Description"), "Every space of the large site", "the description");
  equal(await admin.fact("Schedule"), "cron(30 4 * * ? *)", "the schedule");
  await admin.look("edited");
}

async function key(admin) {
  await admin.press("Access keys");
  await admin.press("Create access key");
  await admin.tick("Ingest");
  await admin.fill("What it is for", "a pipeline");
  await admin.press("Create access key", admin.page.getByRole("main"));
  await admin.see("The secret is shown this once.");
  const id = await admin.fact("Access key ID");
  const secret = await admin.fact("Secret access key");
  await admin.look("access key created");
  await admin.press("Done");
  equal((await admin.page.content()).includes(secret), false, "the key's secret on a second page");
  const row = admin.page.getByRole("row").filter({ hasText: id });
  await admin.press("Revoke", row);
  await admin.look("revoke access key");
  await admin.press("Revoke access key");
  await admin.see("The key is revoked.");
  await row.getByText("revoked").waitFor();
  await admin.look("access key revoked");
}
