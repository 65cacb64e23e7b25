// *Connect to Confluence*: the dance of OAuth 2.0 from the secret's page, for both hostings, against the simulators' pages of consent.
import { Person, equal, world } from "./lib.mjs";

export default async function connect(browser) {
  const admin = await Person.arrive(browser, "connect", { dark: true });
  await admin.enter();
  await dance(admin, "cloud-grant", "Confluence Cloud", world.site);
  await dance(admin, "server-grant", "Confluence Server/Data Center", world.dataCenter.url);
  await admin.leave();
}

async function dance(admin, name, hosting, url) {
  await admin.press("Secrets");
  await admin.press("Store a new secret");
  await admin.choose("Keys for", "Confluence OAuth 2.0");
  await admin.press("Show these keys");
  await admin.fill("Value 1", world.app.id);
  await admin.fill("Value 2", world.app.secret);
  await admin.press("Next");
  await admin.fill("Secret name", name);
  await admin.press("Next");
  await admin.press("Next");
  await admin.press("Store");
  await admin.see("The secret is stored.");

  await allow(admin, hosting, url, "Deny");
  await admin.see(/Nothing was changed/);
  await admin.look(`${name} denied`);
  await admin.press("Secrets");
  await admin.press(name);
  await allow(admin, hosting, url, "Allow");
  await admin.see(/Confluence is connected/);
  await admin.see(/The access token holds until \d{4}-\d\d-\d\d/);
  await admin.see(/The grant ends when somebody revokes it/);
  await admin.look(`${name} connected`);
  equal((await admin.page.content()).includes(world.app.secret), false, "the app's secret on a page");
}

async function allow(admin, hosting, url, answer) {
  await admin.press("Connect to Confluence");
  await admin.tick(hosting);
  await admin.fill("Confluence URL", url);
  await admin.press("Go on");
  await admin.look("before consent");
  await admin.press("Open Confluence to allow access");
  await admin.page.getByRole("button", { name: answer, exact: true }).click();
  await admin.page.waitForURL((at) => at.origin === world.endpoint);
}
