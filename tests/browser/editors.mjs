// Two administrators edit the same thing: the second is told, nothing is overwritten, and what was typed stays.
import { Person, equal } from "./lib.mjs";
import { toIndex, toSource } from "./places.mjs";

const FIRST = "What the first one wrote";
const SECOND = "What the second one wrote";

export default async function editors(browser) {
  const first = await Person.arrive(browser, "editor-first");
  const second = await Person.arrive(browser, "editor-second", { dark: true });
  await first.enter();
  await second.enter();
  await both(first, second, (who) => toSource(who, "wiki", "wiki-confluence"), "data source");
  await both(first, second, (who) => toIndex(who, "wiki"), "index");
  await first.leave();
  await second.leave();
}

async function both(first, second, toThing, thing) {
  for (const who of [first, second]) {
    await toThing(who);
    await who.press("Edit");
  }
  await first.fill("Description", FIRST);
  await first.press("Save changes");
  await first.see(`The ${thing} was changed.`);
  await second.fill("Description", SECOND);
  await second.press("Save changes");
  await second.see(`Somebody else has changed this ${thing} meanwhile.`);
  await second.see("Nothing was saved.");
  equal(await second.field("Description").inputValue(), SECOND, "what the second one typed");
  await second.look(`${thing} changed by somebody else`);
  await toThing(first);
  equal(await first.fact("Description"), FIRST, `the description of the ${thing}`);
  await second.press("Save changes");
  await second.see(`The ${thing} was changed.`);
  equal(await second.fact("Description"), SECOND, `the description of the ${thing}`);
}
