// How soon the largest part of a page is painted, told in `numbers.json` beside the pictures. Nothing is asserted: a busy machine says nothing.
import fs from "node:fs";
import path from "node:path";
import { Person, world } from "./lib.mjs";
import { signInAs } from "./accounts.mjs";

const PAGES = { search: "/search", results: "/search?q=forecast", console: "/console" };
/** Loads of each page; an odd number has a median. */
const LOADS = 5;

export default async function numbers(browser) {
  const reader = await Person.arrive(browser, "numbers-search");
  await reader.go("/search");
  await signInAs(reader, "analyst1");
  const admin = await Person.arrive(browser, "numbers-console");
  await admin.enter();
  const told = {};
  for (const [name, address] of Object.entries(PAGES)) {
    told[name] = await paints(name === "console" ? admin : reader, address);
  }
  fs.writeFileSync(path.join(world.shots, "numbers.json"), JSON.stringify({ largestContentfulPaintMs: told }, null, 2));
  await reader.leave();
  await admin.leave();
}

async function paints(person, address) {
  const loads = [];
  for (let load = 0; load < LOADS; load += 1) {
    await person.go(address);
    loads.push(Math.round(await person.page.evaluate(largestPaint)));
  }
  return { median: loads.toSorted((a, b) => a - b)[(LOADS - 1) / 2], loads };
}

/** Milliseconds after the navigation began. */
function largestPaint() {
  return new Promise((told) => {
    const observer = new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime));
    observer.observe({ type: "largest-contentful-paint", buffered: true });
  });
}
