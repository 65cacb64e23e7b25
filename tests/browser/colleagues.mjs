// Two colleagues with accounts, each in a browser profile of their own: neither sees what the other's rights allow.
import { Person, equal, world } from "./lib.mjs";
import { PASSWORD } from "./accounts.mjs";

export default async function colleagues(browser) {
  const admin = await Person.arrive(browser, "accounts", { dark: true, width: 360 });
  await admin.enter();
  await admin.press("Accounts");
  for (const [at, analyst] of world.analysts.entries()) await createAccount(admin, `analyst${at + 1}`, analyst);
  await admin.look("accounts");
  await admin.press("Audit trail");
  await admin.see("sangam:CreateAccount");
  await admin.look("audit trail");
  await admin.press("Access keys");
  await admin.look("access keys");
  await admin.press("Sessions");
  await admin.look("sessions");

  const one = await Person.arrive(browser, "analyst1");
  const two = await Person.arrive(browser, "analyst2", { dark: true, width: 360 });
  await Promise.all([signIn(one, "analyst1"), signIn(two, "analyst2")]);
  await search(one, "forecast", "Forecast of team one", "Forecast of team two");
  await search(two, "forecast", "Forecast of team two", "Forecast of team one");
  await hostile(one);
  await keyboard(one);
  await nothingFound(one);
  await refusedElsewhere(one);
  await gone(one);
  await two.leave();
  await one.leave();
  await admin.leave();
}

async function createAccount(admin, name, person) {
  await admin.press("Create account");
  await admin.fill("Name", name);
  await admin.fill("Password", "short");
  await admin.fill("Searches as", person);
  await admin.page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await admin.see(/at least 12 characters/);
  equal(await admin.field("Searches as").inputValue(), person, "what was typed before the refusal");
  await admin.fill("Password", PASSWORD);
  await admin.page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await admin.see("The account is ready");
}

export async function signIn(person, name) {
  await person.go("/search?q=forecast");
  await person.fill("Name", name);
  await person.fill("Password", "not the password");
  await person.press("Sign in");
  await person.see("Name or password is wrong.");
  await person.look("wrong password");
  await person.fill("Name", name);
  await person.fill("Password", PASSWORD);
  await person.press("Sign in");
  equal(new URL(person.page.url()).search, "?q=forecast", "where the sign-in leads back to");
}

async function search(person, question, sees, seesNot) {
  await person.page.getByRole("searchbox").fill(question);
  await person.page.getByRole("searchbox").press("Enter");
  await person.page.getByRole("link", { name: sees }).first().waitFor();
  equal(await person.page.getByText(seesNot).count(), 0, `${person.name} and "${seesNot}"`);
  await person.look("search");
}

/** A title with a script in it is read as what it is: text. */
async function hostile(person) {
  await person.page.getByRole("searchbox").fill("quoted apostrophes markup");
  await person.page.getByRole("searchbox").press("Enter");
  await person.page.getByRole("link", { name: /<script>document.title/ }).first().waitFor();
  equal((await person.page.title()).includes("broken"), false, "a title that ran");
  await person.look("hostile");
}

async function keyboard(person) {
  await person.go("/search?q=forecast");
  await person.page.locator("body").press("/");
  equal(await person.page.evaluate(() => document.activeElement.type), "search", "what `/` goes to");
  await person.page.keyboard.press("ArrowDown");
  equal(await person.page.evaluate(() => document.activeElement.hasAttribute("data-hit")), true, "what an arrow goes to");
  const leads = await person.page.evaluate(() => document.activeElement.href);
  equal(new URL(leads).origin, new URL(world.site).origin, "where a result leads");
  const opened = person.context.waitForEvent("page");
  await person.page.keyboard.press("Enter");
  const document = await opened;
  await document.close();
}

async function nothingFound(person) {
  await person.page.getByRole("searchbox").fill("zyzzyva");
  await person.page.getByRole("searchbox").press("Enter");
  await person.look("nothing found");
}

/** A searcher has no console, whatever address is typed. */
async function refusedElsewhere(person) {
  await person.go("/console/indices");
  equal(new URL(person.page.url()).pathname, "/search", "a searcher at the console");
}

/** After signing out, neither the way back nor a saved address shows anything. */
async function gone(person) {
  await person.go("/search?q=forecast");
  await person.press("Sign out");
  await person.see("You are signed out.");
  await person.page.goBack();
  await person.page.waitForLoadState();
  await person.page.getByLabel("Password").waitFor();
  equal(await person.page.getByText("Forecast of team one").count(), 0, "results after signing out");
  await person.look("after signing out");
}
