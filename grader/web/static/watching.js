// A part of a page waits for something: until it is there the page asks for itself, ever less often, and shows it.
import { ask, seen, sleep } from "./ask.js";
import { localise } from "./times.js";

const LONG = 10000;

// `part` is a selector, `waiting` one that it matches while it waits; `said` names the data attribute that is read out
// at the end. Where it `isLive`, what is new until then is shown too.
export async function watch({ part, waiting, said, quickest, slowest, slower, isLive }) {
  const began = Date.now();
  let etag = "";
  let fresh = null;
  for (let pause = quickest; document.querySelector(waiting); pause = Math.min(pause * slower, slowest)) {
    await sleep(pause);
    await seen();
    if (!document.querySelector(waiting)) return; // another page was shown in place of this one
    const found = await ask(location.href, etag, part);
    if (found.gone) return location.reload(); // signed out: the way back leads here
    say(found.away, Date.now() - began > LONG);
    etag = found.etag ?? etag;
    if (found.page && (isLive || !found.page.querySelector(waiting))) fresh = show(found.page, part);
    if (found.wait) await sleep(found.wait);
  }
  if (fresh) tell(fresh.dataset[said]);
}

function say(isAway, isLong) {
  const { offline, long = "" } = document.querySelector("[data-live]").dataset;
  tell(isAway ? offline : isLong ? long : "", true);
}

// Reads a text out, and shows it where it `isSeen`.
function tell(text, isSeen = false) {
  const live = document.querySelector("[data-live]");
  live.classList.toggle("hidden", !text || !isSeen);
  if (live.textContent !== text) live.textContent = text;
}

function show(page, part) {
  document.title = page.title;
  const fresh = document.adoptNode(page.querySelector(part));
  localise(fresh);
  document.querySelector(part).replaceWith(fresh);
  return fresh;
}
