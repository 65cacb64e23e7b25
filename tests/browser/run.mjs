// Runs the walks named on the command line, one after the other, in one browser; the exit code says whether all of them were walked.
import path from "node:path";
import { launch, present, world } from "./lib.mjs";

const browser = await launch();
let failed = 0;
for (const name of process.argv.slice(2)) {
  const began = Date.now();
  try {
    const walk = await import(`./${name}.mjs`);
    await walk.default(browser);
    console.log(`${name}: walked in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.stack ?? error}`);
    for (const person of present) {
      await person.page.screenshot({ path: path.join(world.shots, `${name}-failed-${person.name}.png`), fullPage: true }).catch(() => {});
      await person.leave().catch((met) => console.error(met.message));
    }
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
