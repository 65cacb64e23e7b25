// The walk of an administrator by keyboard alone, on a phone's width and in the dark.
import { equal } from "./lib.mjs";
import { KeyboardPerson } from "./keys.mjs";
import { administer, remove } from "./walk.mjs";

export default async function keyboard(browser) {
  const admin = await KeyboardPerson.arrive(browser, "keyboard", { dark: true, width: 360 });
  await administer(admin, "keys");
  await skip(admin);
  await admin.press("keys");
  await remove(admin, "keys");
  await admin.leave();
}

/** The first stop of a page leads past the navigation. */
async function skip(admin) {
  await admin.press("Indices");
  await admin.page.keyboard.press("Tab");
  await admin.look("skip link");
  await admin.page.keyboard.press("Enter");
  await admin.page.keyboard.press("Tab");
  const isPast = await admin.page.evaluate(() => document.activeElement.closest("main") !== null);
  equal(isPast, true, "the focus after skipping to the content");
}
