// What pages gain when scripts run. Every page works without this file.
(() => {
  "use strict";
  const offline = document.getElementById("offline");
  const show = (on) => { if (offline) offline.hidden = !on; };
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  // The page as the server has it now; a banner while there is no answer.
  async function fetchPage(url, signal) {
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "sangam" }, signal });
      show(answer.status >= 502);
      if (answer.redirected && new URL(answer.url).pathname !== new URL(url, location.href).pathname) {
        location.reload();
        return null;
      }
      return answer.ok ? parse(await answer.text()) : null;
    } catch (error) {
      if (error.name !== "AbortError") show(true);
      return null;
    }
  }

  // `data-live="2000"`: an element with an id that is fetched again until the server sends it without that attribute.
  const isOpen = (element) => element.contains(document.activeElement) && document.activeElement !== document.body;
  function live() {
    const watched = [...document.querySelectorAll("[data-live]")];
    if (!watched.length) return;
    setTimeout(async () => {
      if (!document.hidden) {
        const page = await fetchPage(location.href);
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
    if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
  }

  // `data-instant="results"`: a search form whose result is fetched while one types.
  function instant(form) {
    const target = form.dataset.instant;
    let timer, running;
    const go = async () => {
      running?.abort();
      running = new AbortController();
      const url = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
      const page = await fetchPage(url, running.signal);
      if (!page) return;
      swap(page, target);
      history.replaceState(null, "", url);
      if (page.title) document.title = page.title;
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
  // A form is sent once, however often it is clicked.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.method === "post") event.target.dataset.sent = "1";
  });
  live();
  setInterval(async () => {
    if (document.hidden) return;
    try { show(!(await fetch("/healthz", { cache: "no-store" })).ok); } catch { show(true); }
  }, 15000);
})();
