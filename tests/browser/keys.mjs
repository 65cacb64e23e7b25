// Somebody without a mouse: goes by Tab, arrows, Space, Enter and typing alone, and must always see where the focus is.
import { Person } from "./lib.mjs";

/** More stops than any page has. */
const STOPS_MAX = 250;
/** More options than any list has. */
const OPTIONS_MAX = 100;

export class KeyboardPerson extends Person {
  /** Goes on by Tab, or back by Shift+Tab, until the focus is there. */
  async goTo(target) {
    for (let stops = 0; stops < STOPS_MAX; stops += 1) {
      const way = await target.evaluate(wayTo);
      if (way === "here") return;
      await this.page.keyboard.press(way === "back" ? "Shift+Tab" : "Tab");
      const lost = await this.page.evaluate(unseenFocus);
      if (lost) this.violations.push(`the focus cannot be seen: ${lost}`);
    }
    throw new Error(`${this.name} comes to no ${target} by Tab`);
  }

  /** Every control that is pressed here leads to a page. */
  async press(name, within = this.page) {
    await this.goTo(this.control(name, within));
    await Promise.all([this.page.waitForEvent("load"), this.page.keyboard.press("Enter")]);
  }

  async unfold(title) {
    const part = this.page.getByRole("group").filter({ has: this.page.getByText(title) });
    if (await part.evaluate((details) => details.open)) return;
    await this.goTo(part.locator("summary"));
    await this.page.keyboard.press("Enter");
  }

  async fill(label, text) {
    await this.goTo(this.field(label));
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  async choose(label, option) {
    const list = this.field(label);
    await this.goTo(list);
    await this.page.keyboard.press("Home");
    for (let options = 0; options < OPTIONS_MAX; options += 1) {
      if ((await list.evaluate((select) => select.selectedOptions[0].label)) === option) return;
      await this.page.keyboard.press("ArrowDown");
    }
    throw new Error(`${label} has no option ${option}`);
  }

  async tick(label, on = true) {
    const field = this.field(label);
    if ((await field.isChecked()) === on) return;
    if ((await field.getAttribute("type")) === "radio") await this.goThroughChoices(field);
    else {
      await this.goTo(field);
      await this.page.keyboard.press("Space");
    }
  }

  /** Tab stops at one of the choices only; the arrows go through them. */
  async goThroughChoices(wanted) {
    const name = await wanted.getAttribute("name");
    await this.goTo(this.page.locator(`input[type=radio][name="${name}"]:checked`));
    for (let choices = 0; choices < OPTIONS_MAX; choices += 1) {
      if (await wanted.isChecked()) return;
      await this.page.keyboard.press("ArrowDown");
    }
    throw new Error(`the arrows never come to a choice of ${name}`);
  }
}

/** Whether the focus is at `target`, or in which direction it is. */
function wayTo(target) {
  const now = document.activeElement ?? document.body;
  if (now === target) return "here";
  const isBefore = now !== document.body && target.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING;
  return isBefore ? "back" : "on";
}

/** What has the focus, if nobody can see that it has: neither it nor what it stands in is outlined, or it is not in the window. */
function unseenFocus() {
  const element = document.activeElement;
  if (!element || element === document.body || element.id === "main") return "";
  const isOutlined = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const box = element.getBoundingClientRect();
  const isInWindow = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  for (let one = element; one !== document.body; one = one.parentElement) {
    if (isInWindow && isOutlined(one)) return "";
  }
  return element.outerHTML.slice(0, 120);
}
