// A regrade's page: while it is worked on, asks for itself again and shows what is new in place.
import { ask, seen, sleep } from "./ask.js";
import { localise } from "./times.js";

const QUICKEST = 400;
const SLOWEST = 4000;

if (atWork(document)) watch();

function atWork(page) {
  return page.querySelector("#regrade[data-at-work]");
}

async function watch() {
  let etag = "";
  for (let pause = QUICKEST; atWork(document); pause = Math.min(pause * 1.3, SLOWEST)) {
    await sleep(pause);
    await seen();
    const found = await ask(location.href, etag, "#regrade");
    if (found.gone) return location.reload(); // signed out: the way back leads here
    say(found.away);
    if (found.wait) await sleep(found.wait);
    if (!found.page) continue;
    etag = found.etag;
    show(found.page);
  }
}

function say(isAway) {
  const live = document.querySelector("[data-live]");
  const text = isAway ? live.dataset.offline : "";
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("hidden", !isAway);
}

function show(page) {
  document.title = page.title;
  const fresh = document.adoptNode(page.querySelector("#regrade"));
  localise(fresh);
  document.querySelector("#regrade").replaceWith(fresh);
  if (!atWork(document)) document.querySelector("[data-live]").textContent = fresh.dataset.said;
}
