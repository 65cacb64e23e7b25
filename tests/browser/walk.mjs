// The walk of an administrator, with nothing but clicks and typing: secret, index, data source, sync, search as two people, delete.
import { Person, equal, world } from "./lib.mjs";

export default async function walk(browser) {
  const scripted = await Person.arrive(browser, "walk");
  await administer(scripted, world.links[0], "wiki");
  await scripted.leave();
  const plain = await Person.arrive(browser, "no-scripts", { scripts: false, width: 1024 });
  await administer(plain, world.links[1], "plain");
  await plain.leave();
}

async function administer(admin, link, name) {
  await admin.go(link);
  await admin.look("one-time link");
  await admin.press("Sign in");
  await admin.look("first page");
  await storeSecret(admin, name);
  await createIndex(admin, name);
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
  await admin.fill("Description optional", "The crawler of two teams");
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
  await admin.press("Next");
  await admin.press("Next");
  await admin.look("index review without a name");
  await admin.press("Create");
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
