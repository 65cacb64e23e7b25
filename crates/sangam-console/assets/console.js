// What pages gain when scripts run. Every page works without this file.
(() => {
  "use strict";
  const offline = document.getElementById("offline");
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const CHECK_MS = 15000;
  const CHECK_AGAIN_MS = 3000;
  // What was asked while the server was away, to be asked again.
  const missed = new Set();
  let next;
  function show(isAway) {
    if (offline) offline.hidden = !isAway;
    clearTimeout(next);
    next = setTimeout(check, isAway ? CHECK_AGAIN_MS : CHECK_MS);
  }

  // The page as the server has it now; nothing, and a banner, while there is no answer. Whatever else comes in its place (the sign-in,
  // something that went wrong) `elsewhere` decides about.
  async function fetchPage(url, elsewhere, signal) {
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "sangam" }, signal });
      const text = await answer.text();
      show(answer.status >= 502);
      if (answer.status >= 502) return undefined;
      if (answer.ok && new URL(answer.url).pathname === new URL(url, location.href).pathname) return parse(text);
      elsewhere(answer);
      return null;
    } catch (error) {
      if (error.name === "AbortError") return null;
      show(true);
      return undefined;
    }
  }

  // `data-live="2000"`: an element with an id that is fetched again until the server sends it without that attribute.
  const isOpen = (element) => element.contains(document.activeElement) && document.activeElement !== document.body;
  function live() {
    const watched = [...document.querySelectorAll("[data-live]")];
    if (!watched.length) return;
    setTimeout(async () => {
      if (!document.hidden) {
        const page = await fetchPage(location.href, (answer) => { if (answer.redirected) location.reload(); });
        if (page) {
          for (const element of watched) {
            const fresh = page.getElementById(element.id);
            if (fresh && !isOpen(element)) element.replaceWith(fresh);
          }
          swap(page, "notices");
        }
      }
      live();
    }, Number(watched[0].dataset.live) || 2000);
  }
  function swap(page, id) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
    const place = old.contains(document.activeElement) ? samePlace(old, fresh) : null;
    old.replaceWith(fresh);
    place?.focus({ preventScroll: true });
  }
  // Where the focus goes from a part of the page to what comes instead: to the same one of the results, or else to the field.
  function samePlace(old, fresh) {
    const [before, after] = [old, fresh].map((part) => [...part.querySelectorAll("a[data-hit]")]);
    const at = before.indexOf(document.activeElement);
    return (at >= 0 && after[Math.min(at, after.length - 1)]) || document.querySelector("input[type=search]");
  }

  // `data-instant="results"`: a search form whose result is fetched while one types.
  function instant(form) {
    const target = form.dataset.instant;
    let timer, running;
    const go = async () => {
      clearTimeout(timer);
      running?.abort();
      running = new AbortController();
      const url = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
      document.getElementById(target)?.setAttribute("aria-busy", "true");
      const mine = running;
      const page = await fetchPage(url, () => location.assign(url), mine.signal);
      if (mine !== running) return;
      document.getElementById(target)?.removeAttribute("aria-busy");
      if (page === undefined) missed.add(go);
      if (!page) return;
      missed.delete(go);
      const at = page.getElementById(target)?.dataset.at;
      swap(page, target);
      history.replaceState(null, "", at ?? url);
      if (page.title) document.title = page.title;
      const told = document.getElementById("told");
      if (told) told.textContent = document.querySelector("[data-told]")?.textContent ?? "";
    };
    form.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(timer);
      timer = setTimeout(go, 300);
    });
    form.addEventListener("change", (event) => { if (event.target.type !== "search") go(); });
  }

  async function copy(button) {
    const text = button.parentElement.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("pre"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
  }

  const isTyping = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(checkbox|radio)$/.test(element.type);
  // `/` goes to the search field, arrows go through the results, Escape leaves.
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector("input[type=search]");
    if (event.key === "/" && field && !isTyping(event.target)) {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const hits = [...document.querySelectorAll("a[data-hit]")];
    const at = hits.indexOf(document.activeElement);
    if (!hits.length || (at < 0 && event.target !== field)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) field?.focus(); else hits[Math.min(next, hits.length - 1)].focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("keydown", key);
  // A page from the browser's memory may be of somebody who has signed out since.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.querySelectorAll("form[data-instant]").forEach(instant);
  // Beside a time in UTC: the time where the reader is.
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.append(` (${at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} local time)`);
  }
  // A form is sent once, however often it is clicked; and not while the server is away, as the browser's own page would take what was typed.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent || offline?.hidden === false) event.preventDefault();
    else if (event.target.method === "post") event.target.dataset.sent = "1";
  });
  live();
  async function check() {
    if (document.hidden) return show(offline?.hidden === false);
    try {
      const isBack = (await fetch("/healthz", { cache: "no-store" })).ok;
      show(!isBack);
      if (isBack) missed.forEach((go) => go());
    } catch { show(true); }
  }
  show(false);
})();
