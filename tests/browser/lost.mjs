// A session ends while a form is filled in: whoever signs in again, by account or at the provider, goes on with what was typed.
import { Person, equal } from "./lib.mjs";
import { createAccount, signInAs } from "./accounts.mjs";
import { serve, signInAtProvider } from "./provider.mjs";

const NAME = "half-typed";
const TEXT = `With "quotes" & <marks> & 100 % of what was typed`;

export default async function lost(browser) {
  const admin = await Person.arrive(browser, "lost-ends");
  await admin.enter();
  await createAccount(admin, "keeper", "Administrator");
  await byAccount(browser, admin);
  const provider = serve();
  try {
    await byProvider(browser, admin);
  } finally {
    provider.close();
    provider.closeAllConnections();
  }
  await admin.leave();
}

async function byAccount(browser, admin) {
  const keeper = await Person.arrive(browser, "lost-account", { dark: true, width: 360 });
  await keeper.go("/console");
  await signInAs(keeper, "keeper");
  await type(keeper);
  await endSession(admin, "keeper");
  await keeper.press("Next");
  await keeper.see("Your session has ended.");
  await keeper.look("session ended");
  const offered = await keeper.field("Name").inputValue();
  if (offered) keeper.violations.push(`"${offered}", which is in the kept form, is offered as the account's name`);
  await keeper.fill("Name", "keeper");
  await keeper.fill("Password", "not the password");
  await keeper.press("Sign in");
  await keeper.see("Name or password is wrong.");
  await signInAs(keeper, "keeper");
  await goesOn(keeper);
  await keeper.leave();
}

async function byProvider(browser, admin) {
  const boss = await Person.arrive(browser, "lost-provider");
  await boss.go("/console");
  await signInAtProvider(boss, "boss");
  await type(boss);
  await endSession(admin, "The Boss");
  await boss.press("Next");
  await boss.see("Your session has ended.");
  // The provider still knows them, and asks for nothing.
  await boss.press(/^Sign in with /);
  await goesOn(boss);
  await boss.leave();
}

async function type(person) {
  await person.press("Indices");
  await person.press("Create an index");
  await person.fill("Index name", NAME);
  await person.fill("Description", TEXT);
}

/** Ends every session of somebody, as an administrator. */
async function endSession(admin, name) {
  await admin.press("Sessions");
  await admin.press("End", admin.page.getByRole("row").filter({ has: admin.page.getByRole("cell", { name, exact: true }) }));
  await admin.see("The session has ended.");
}

async function goesOn(person) {
  await person.see("Continue where you were");
  await person.look("continue");
  await person.press("Continue");
  await person.press("Previous");
  equal(await person.field("Index name").inputValue(), NAME, "the name that was typed");
  equal(await person.field("Description").inputValue(), TEXT, "the description that was typed");
  await person.look("what was typed");
}
