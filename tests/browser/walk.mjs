// The walk of an administrator, with nothing but clicks and typing: secret, index, data source, sync, search as two people, delete.
import { Person, equal, world } from "./lib.mjs";

export default async function walk(browser) {
  const scripted = await Person.arrive(browser, "walk");
  await administer(scripted, "wiki");
  await scripted.leave();
  const plain = await Person.arrive(browser, "no-scripts", { scripts: false, width: 1024 });
  await administer(plain, "plain");
  await remove(plain, "plain");
  await plain.leave();
}

export async function administer(admin, name) {
  await admin.enter();
  await admin.look("first page");
  await storeSecret(admin, name);
  await createIndex(admin, name);
  await addDataSource(admin, name);
  await sync(admin);
  await searchAs(admin);
  await people(admin);
}

async function storeSecret(admin, name) {
  await admin.press("Secrets");
  await admin.press("Store a new secret");
  await admin.choose("Keys for", "Confluence Cloud, basic");
  await admin.press("Show these keys");
  await admin.press("Next");
  await admin.see("A secret needs at least one value.");
  await admin.look("secret refused");
  await admin.fill("Value 1", world.crawler);
  await admin.fill("Value 2", world.token);
  await admin.look("secret values");
  await admin.press("Next");
  await admin.fill("Secret name", `AmazonKendra-Confluence-${name}`);
  await admin.fill("Description", "The crawler of two teams");
  await admin.press("Next");
  await admin.look("secret rotation");
  await admin.press("Next");
  await admin.look("secret review");
  await admin.press("Store");
  await admin.see("The secret is stored.");
  await admin.look("secret stored");
  const text = await admin.page.content();
  equal(text.includes(world.token), false, "the token on the secret's page");
}

async function createIndex(admin, name) {
  await admin.press("Indices");
  await admin.press("Create an index");
  await admin.press("Next");
  await admin.see("Nothing was saved.");
  await admin.look("index refused");
  await admin.fill("Index name", name);
  await admin.press("Next");
  await admin.look("index access control");
  await admin.press("Next");
  await admin.look("index provisioning");
  await admin.press("Next");
  await admin.look("index review");
  await admin.press("Create");
  await admin.see("The index is ready.");
  await admin.look("index ready");
}

async function addDataSource(admin, name) {
  await admin.press("Data sources");
  await admin.press("Add data source");
  await admin.see("Confluence connector V2.0");
  await admin.look("connectors");
  await admin.press("Add connector");
  await admin.fill("Data source name", `${name}-confluence`);
  await admin.look("source details");
  await admin.press("Next");
  await admin.tick("Confluence Cloud");
  await admin.fill("Confluence URL", world.site);
  await admin.choose("AWS Secrets Manager secret", `AmazonKendra-Confluence-${name}`);
  await admin.press("Test connection");
  await admin.see(/The connection works/);
  await admin.look("source access and security");
  await admin.press("Next");
  await admin.choose("Frequency", "Custom");
  await admin.fill("Cron line, if custom", "cron(0 25 * * ? *)");
  await admin.press("Next");
  await admin.look("source sync settings refused");
  await admin.fill("Cron line, if custom", "cron(0 3 * * ? *)");
  await admin.press("Show the next runs");
  await admin.look("source sync settings");
  await admin.press("Next");
  await admin.look("source field mappings");
  await admin.press("Next");
  await admin.look("source review");
  await admin.press("Add data source");
  await admin.see(`${name}-confluence`);
  await admin.look("source added");
}

async function sync(admin) {
  await admin.press("Sync now");
  await admin.look("sync under way");
  await admin.see(/Sync succeeded/i);
  await admin.look("sync ended");
  await admin.see("Sync run history");
}

async function searchAs(admin) {
  await admin.press("Search indexed content");
  await admin.press("Browse");
  await admin.look("browse as nobody");
  for (const [at, analyst] of world.analysts.entries()) {
    await admin.press("Search indexed content");
    await admin.fill("Query", "forecast");
    await admin.unfold("Test query with user name or groups");
    await admin.fill("User name", analyst);
    await admin.press("Apply user name or groups");
    await admin.see(/\d+ results?/);
    await admin.look(`search as analyst ${at + 1}`);
    await admin.fill("Query", "");
    await admin.press("Browse");
    await admin.see(`${world.readable[at]} results`);
  }
  await admin.press("Why does this reader see it?");
  await admin.see("Every one of these must let them in");
  await admin.look("why it is seen");
}

async function people(admin) {
  await admin.press("People and groups");
  await admin.look("people");
  await admin.press("Analyst One");
  await admin.see("What this person can see, by space");
  await admin.look("person");
}

export async function remove(admin, name) {
  await admin.press("Data sources");
  await admin.press(`${name}-confluence`);
  await admin.press("Delete");
  await admin.press("Delete data source");
  await admin.look("delete refused");
  await admin.fill(`To confirm, type the name of the data source: ${name}-confluence`, `${name}-confluence`);
  await admin.press("Delete data source");
  await admin.press("Indices");
  await admin.press(name);
  await admin.press("Delete");
  await admin.fill(`To confirm, type the name of the index: ${name}`, name);
  await admin.press("Delete index");
  await admin.see("The index is being deleted.");
  await admin.look("index deleted");
}
