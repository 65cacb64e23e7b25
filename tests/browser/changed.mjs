// Rights have changed in Confluence: refreshed on the data source's page, they count at the next search.
import { Person, equal, wish } from "./lib.mjs";
import { signIn } from "./colleagues.mjs";
import { remove } from "./walk.mjs";

export default async function changed(browser) {
  const one = await Person.arrive(browser, "changed-analyst1");
  await signIn(one, "analyst1");
  equal(await one.page.getByText("Forecast of team two").count(), 0, "team two's page before the refresh");
  await wish("team one may read space two");
  const admin = await Person.arrive(browser, "refresh", { dark: true, width: 360 });
  await admin.enter();
  await admin.press("wiki");
  await admin.press("Data sources");
  await admin.press("wiki-confluence");
  await admin.press("Refresh permissions now");
  await admin.see(/Permissions were refreshed|refresh succeeded|Refresh of permissions succeeded/i);
  await admin.look("permissions refreshed");
  await one.page.getByRole("searchbox").fill("forecast");
  await one.page.getByRole("searchbox").press("Enter");
  await one.page.getByRole("link", { name: "Forecast of team two" }).first().waitFor();
  await one.look("sees it now");
  await remove(admin, "wiki");
  await one.leave();
  await admin.leave();
}
