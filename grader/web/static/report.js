// A submission's page: while it waits, asks for itself again, ever less often, and shows the report when it is there.
import { ask, seen, sleep } from "./ask.js";
import { localise } from "./times.js";

const QUICKEST = 250;
const SLOWEST = 8000;
const LONG = 10000;

export function report() {
  if (waiting(document)) watch(Date.now());
}

function waiting(page) {
  return page.querySelector("#submission[data-status='pending']");
}

async function watch(began) {
  let etag = "";
  for (let pause = QUICKEST; ; pause = Math.min(pause * 1.5, SLOWEST)) {
    await sleep(pause);
    await seen();
    if (!waiting(document)) return; // another page was shown in place of this one
    const found = await ask(location.href, etag, "#submission");
    if (found.gone) return location.reload(); // signed out: the way back leads here
    if (found.page && !waiting(found.page)) return show(found.page);
    etag = found.etag ?? etag;
    say(found.away, Date.now() - began > LONG);
    if (found.wait) await sleep(found.wait);
  }
}

function say(isAway, isLong) {
  const live = document.querySelector("[data-live]");
  const { offline, long } = live.dataset;
  const text = isAway ? offline : isLong ? long : "";
  if (live.textContent === text) return;
  live.textContent = text;
  live.classList.toggle("hidden", !text);
}

function show(page) {
  const live = document.querySelector("[data-live]");
  document.title = page.title;
  const report = document.adoptNode(page.querySelector("#submission"));
  localise(report);
  document.querySelector("#submission").replaceWith(report);
  live.classList.add("hidden");
  live.textContent = report.dataset.summary;
}
