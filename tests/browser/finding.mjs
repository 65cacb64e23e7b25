// The search page: filters as chips that come and go by mouse and by keyboard, nothing found, titles without an end.
import { Person, equal } from "./lib.mjs";
import { KeyboardPerson } from "./keys.mjs";
import { signInAs } from "./accounts.mjs";

/** A few lines on a phone. */
const TITLE_PIXELS_MAX = 150;

export default async function finding(browser) {
  const reader = await Person.arrive(browser, "finding");
  await arrive(reader);
  await filters(reader);
  await nothing(reader);
  await reader.leave();
  const typist = await KeyboardPerson.arrive(browser, "finding-keys", { dark: true, width: 360 });
  await arrive(typist);
  await filters(typist);
  await endless(typist);
  await typist.leave();
}

async function arrive(reader) {
  await reader.go("/search?q=forecast");
  await signInAs(reader, "analyst1");
}

async function filters(reader) {
  const all = await found(reader);
  const byAuthor = await narrow(reader, "Author", "Analyst One");
  equal(await found(reader), byAuthor, "documents of one author");
  const bySpace = await narrow(reader, "Space", "Team One");
  equal(await found(reader), bySpace, "documents of one author and space");
  await reader.look("two filters");
  await reader.press("Remove the filter Author: Analyst One");
  equal(await chips(reader).count(), 1, "filters that are left");
  await reader.press("Remove the filter Space: Team One");
  equal(await found(reader), all, "documents without filters");
  equal(new URL(reader.page.url()).searchParams.get("q"), "forecast", "the question after all filters went");
}

/** Chooses a value of a facet, and returns how many documents it promised. */
async function narrow(reader, title, value) {
  const facets = reader.page.getByRole("navigation", { name: "Narrow down" });
  const name = new RegExp(`^${value} \\d+$`);
  const promised = (await reader.control(name, facets).innerText()).match(/\d+$/)[0];
  await reader.press(name, facets);
  await chips(reader).filter({ hasText: `${title}: ${value}` }).waitFor();
  return Number(promised);
}

function chips(reader) {
  return reader.page.getByRole("list", { name: "Filters" }).getByRole("link", { name: /^Remove the filter/ });
}

async function found(reader) {
  return Number((await reader.page.getByText(/^\d+ documents?$/).innerText()).match(/\d+/)[0]);
}

/** With a filter, the page tells that it may be the filter. */
async function nothing(reader) {
  await narrow(reader, "Author", "Analyst Two");
  await reader.page.getByRole("searchbox").fill("zyzzyva");
  await reader.page.getByRole("searchbox").press("Enter");
  await reader.see("Nothing found");
  await reader.look("nothing found with a filter");
  await reader.press("Remove the filters");
  await reader.see(/^0 documents$/);
  equal(await chips(reader).count(), 0, "filters that are left");
  await reader.look("nothing found");
}

/** 10,000 characters of a title leave room for the other results, and lead to their document all the same. */
async function endless(reader) {
  await reader.page.keyboard.press("/");
  await reader.page.keyboard.press("Control+A");
  await reader.page.keyboard.type("reads title end");
  await reader.page.keyboard.press("Enter");
  const title = reader.page.getByRole("heading", { name: /^Endless title/ }).first();
  await title.waitFor();
  const { height } = await title.boundingBox();
  if (height > TITLE_PIXELS_MAX) reader.violations.push(`a title is ${Math.round(height)} pixels high`);
  if (!(await title.getByRole("link").count())) reader.violations.push("a long title does not lead to its document");
  await reader.look("endless title");
}
