// What all walks need: a browser, pages that are looked at, and steps that leave a picture.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import readline from "node:readline";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** Longer than any step takes on a busy machine. */
export const PATIENCE = 30_000;
/** A page may not be larger, in bytes as they are sent. */
const PAGE_BYTES_MAX = 150_000;

/** What the test that started this tells it. */
export const world = JSON.parse(fs.readFileSync(process.env.SANGAM_WORLD, "utf8"));

let answers;

/** Asks the test that started this for what no browser can do, and waits until it is done. */
export async function wish(what) {
  answers ??= readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  console.log(`wish: ${what}`);
  return (await answers.next()).value;
}

/** A browser of one's own; closed with `close()`. */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Everybody who has not left, for what they met in a walk that was broken off. */
export const present = new Set();

/** A person at a browser profile: clicks what is seen, and keeps a picture of every step. */
export class Person {
  /** `scripts`: whether pages may run theirs; `outage`: whether the server may be gone for a while. */
  static async arrive(browser, name, { scripts = true, dark = false, width = 1440, outage = false } = {}) {
    const context = await browser.newContext({
      javaScriptEnabled: scripts,
      colorScheme: dark ? "dark" : "light",
      viewport: { width, height: 900 },
    });
    context.setDefaultTimeout(PATIENCE);
    const person = new this();
    Object.assign(person, { context, name, scripts, step: 0, page: await context.newPage(), violations: [] });
    present.add(person);
    person.page.on("pageerror", (error) => person.violations.push(`script error: ${error.message}`));
    person.page.on("console", (message) => {
      const isOurs = (message.location().url || world.endpoint).startsWith(world.endpoint);
      const isRefusal = /status of 4\d\d/.test(message.text()) || (outage && message.text().includes("net::ERR_"));
      if (message.type() === "error" && isOurs && !isRefusal) person.violations.push(`console: ${message.text()}`);
    });
    person.page.on("dialog", (dialog) => {
      person.violations.push(`a dialog opened: ${dialog.message()}`);
      dialog.dismiss();
    });
    return person;
  }

  async go(address) {
    const answer = await this.page.goto(new URL(address, world.endpoint).href);
    const body = await answer.body();
    if (body.length > PAGE_BYTES_MAX) this.violations.push(`${address} has ${body.length} bytes`);
  }

  /** Signs in as an administrator, by a link that works once. */
  async enter() {
    await this.go(await wish("a one-time link"));
    await this.look("one-time link");
    await this.press("Sign in");
  }

  /** The button or link of that name. */
  control(name, within = this.page) {
    const exact = typeof name === "string";
    const control = within.getByRole("button", { name, exact }).or(within.getByRole("link", { name, exact }));
    return control.filter({ visible: true }).first();
  }

  /** Presses a button or follows a link by the name that is seen. */
  async press(name, within = this.page) {
    await this.control(name, within).click();
    await this.page.waitForLoadState();
  }

  /** Opens a part of the page that is folded. */
  async unfold(title) {
    const part = this.page.getByRole("group").filter({ has: this.page.getByText(title) });
    if (!(await part.evaluate((details) => details.open))) await this.page.getByText(title).click();
  }

  /** The field of that label, with or without its remark that it is optional. */
  field(label) {
    const escaped = label.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return this.page.getByLabel(new RegExp(`^${escaped}( optional)?$`)).filter({ visible: true }).first();
  }

  async fill(label, text) {
    await this.field(label).fill(text);
  }

  async choose(label, option) {
    await this.field(label).selectOption({ label: option });
  }

  async tick(label, on = true) {
    await this.field(label).setChecked(on);
  }

  /** Waits until that sentence stands beside the field of that label. */
  async beside(label, sentence) {
    const choices = this.page.getByRole("group", { name: label, exact: true });
    const field = (await choices.count()) ? choices.first() : this.field(label);
    const remarks = await field.getAttribute("aria-describedby");
    await this.page.locator(`[id="${remarks}"]`).getByText(sentence).first().waitFor();
  }

  /** What a page says under that title in its list of facts, once it is what is waited for. */
  async fact(title, awaited = /./) {
    const said = this.page.getByText(title, { exact: true }).locator("xpath=following-sibling::dd");
    return said.filter({ hasText: awaited }).first().innerText();
  }

  /** Waits until that text is seen; where no scripts run, by loading the page again. */
  async see(text) {
    const seen = this.page.getByText(text).filter({ visible: true }).first();
    if (this.scripts) {
      await seen.waitFor();
      return;
    }
    const until = Date.now() + PATIENCE;
    while (!(await seen.isVisible())) {
      if (Date.now() > until) throw new Error(`not seen without scripts: ${text}`);
      await this.page.waitForTimeout(300);
      await this.page.reload();
    }
  }

  /** A picture of the step, and what axe finds wrong with the page. */
  async look(title) {
    this.step += 1;
    const file = `${this.name}-${String(this.step).padStart(2, "0")}-${title.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}.png`;
    fs.mkdirSync(world.shots, { recursive: true });
    await this.page.screenshot({ path: path.join(world.shots, file), fullPage: true });
    if (!this.scripts) return;
    const tooWide = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (tooWide > 0) this.violations.push(`${title}: the page is ${tooWide} pixels wider than the window`);
    // In the browser's own world: the page's policy lets no foreign script in.
    const found = await this.page.evaluate(`(() => { ${AXE}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
    for (const violation of found.violations) {
      this.violations.push(`${title}: ${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(" | ")}`);
    }
  }

  async leave() {
    await this.context.close();
    present.delete(this);
    if (this.violations.length) throw new Error(`${this.name} met:\n${this.violations.join("\n")}`);
  }
}

export function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: found ${found}, expected ${expected}`);
}
