// A page of a class: polls, less and less often while nothing changes, and replaces changed parts.
// Open sections stay open, the focus is kept, and a hidden page does not poll.
import { ask, seen, sleep } from "./ask.js";
import { localise } from "./times.js";

const QUICKEST = 4000;
const SLOWEST = 60000;
const SILENCE = 60000;
const line = document.querySelector("[data-live]");
const ago = line.querySelector("[data-ago]");
const say = line.querySelector("[data-say]");
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
const sources = new Map(parts(document).map((part) => [part.dataset.part, part.outerHTML]));
let updated = Date.now();
let said = 0;
let etag = "";

setInterval(tell, 1000);
watch();

function parts(page) {
  return [...page.querySelectorAll("[data-part]")];
}

async function watch() {
  for (let pause = QUICKEST; ; pause = Math.min(pause * 1.4, SLOWEST)) {
    await sleep(pause);
    if (await seen()) pause = QUICKEST;
    const found = await ask(location.href, etag, "[data-live]");
    if (found.gone) return location.reload(); // signed out: signing in leads back here
    if (found.page) {
      const first = etag === "";
      etag = found.etag;
      const changed = show(found.page);
      if (changed && !first) pause = QUICKEST;
    }
    if (!found.away) updated = Date.now();
    line.classList.toggle("problem", Boolean(found.away));
    tell();
    if (found.wait) await sleep(found.wait);
  }
}

function tell() {
  const seconds = Math.round((Date.now() - updated) / 1000);
  const text = seconds < 60 ? relative.format(-seconds, "second") : relative.format(-Math.round(seconds / 60), "minute");
  ago.textContent = line.classList.contains("problem") ? line.dataset.offline : line.dataset.live.replace("{ago}", text);
}

function show(page) {
  const fresh = parts(page);
  if (fresh.map((part) => part.dataset.part).join() !== [...sources.keys()].join()) {
    location.reload(); // the page has a different structure now: the first submission has arrived
    return true;
  }
  const changed = fresh.filter((part) => sources.get(part.dataset.part) !== part.outerHTML);
  for (const part of changed) replace(part);
  if (changed.length && Date.now() - said > SILENCE) {
    said = Date.now();
    say.textContent = "";
    requestAnimationFrame(() => (say.textContent = line.dataset.news));
  }
  return changed.length > 0;
}

function replace(part) {
  const name = part.dataset.part;
  sources.set(name, part.outerHTML);
  const old = document.querySelector(`[data-part="${name}"]`);
  const open = new Set([...old.querySelectorAll("details[open]")].map((one) => one.dataset.key));
  const focus = old.contains(document.activeElement) ? path(document.activeElement, old) : null;
  const scrolled = [...old.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  const next = document.adoptNode(part);
  for (const one of next.querySelectorAll("details")) one.open = open.has(one.dataset.key);
  localise(next);
  old.replaceWith(next);
  [...next.querySelectorAll(".scroll")].forEach((one, k) => (one.scrollLeft = scrolled[k] ?? 0));
  if (focus) find(focus, next)?.focus({ preventScroll: true });
}

// Elements are matched by their link, or by their index among elements of the same kind.
function path(element, within) {
  const kind = element.tagName;
  const href = element.getAttribute("href");
  return { kind, href, place: [...within.querySelectorAll(kind)].indexOf(element) };
}

function find({ kind, href, place }, within) {
  const all = [...within.querySelectorAll(kind)];
  return (href && all.find((one) => one.getAttribute("href") === href && one.tabIndex >= 0)) || all[place];
}
