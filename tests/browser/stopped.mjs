// The server is stopped under open pages: they say so, and recover by themselves when it is back, with what was typed.
import { Person, equal, wish } from "./lib.mjs";
import { signIn } from "./colleagues.mjs";

const TYPED = "typed-before-the-stop";
const BANNER = "The server does not answer.";

export default async function stopped(browser) {
  const admin = await Person.arrive(browser, "stopped-console", { outage: true });
  await admin.page.clock.install();
  await admin.enter();
  await admin.press("Create an index");
  await admin.fill("Index name", TYPED);
  const reader = await Person.arrive(browser, "stopped-search", { outage: true, dark: true, width: 360 });
  await reader.page.clock.install();
  await signIn(reader, "analyst1");

  await wish("the server is stopped");
  await reader.page.getByRole("searchbox").fill("forecast winter");
  await reader.see(BANNER);
  await aWhileLater(admin);
  await admin.see(BANNER);
  await reader.look("server stopped");
  await admin.look("server stopped");
  await admin.press("Next");
  equal(await admin.field("Index name").inputValue(), TYPED, "what was typed, when it is sent to a server that is away");
  await wish("the server is started");
  for (const person of [reader, admin]) {
    await aWhileLater(person);
    await person.page.getByText(BANNER).waitFor({ state: "hidden" });
  }

  await reader.page.getByRole("searchbox").press("Enter");
  await reader.page.getByRole("link", { name: "Forecast of team one" }).first().waitFor();
  await admin.press("Next");
  await admin.press("Previous");
  equal(await admin.field("Index name").inputValue(), TYPED, "what was typed before the stop");
  await reader.leave();
  await admin.leave();
}

/** Pages ask now and then whether the server is there: their clock is put forward rather than waited for. */
async function aWhileLater(person) {
  await person.page.clock.fastForward("01:00");
}
