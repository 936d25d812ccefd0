// A submission's page: while it waits, asks for itself again, ever less often, and shows the report when it is there.
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
    const response = await ask(etag);
    if (response?.type === "opaqueredirect") return location.reload(); // signed out meanwhile
    if (response?.status === 200) {
      etag = response.headers.get("ETag") ?? "";
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!waiting(page)) return show(page);
    }
    say(response, Date.now() - began > LONG);
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// A page that nobody looks at does not ask.
function seen() {
  if (!document.hidden) return null;
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

async function ask(etag) {
  try {
    return await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "manual" });
  } catch {
    return null; // offline: try again later
  }
}

function say(response, isLong) {
  const live = document.querySelector("[data-live]");
  const { offline, long } = live.dataset;
  const unreachable = response === null || response.status >= 500;
  const text = unreachable ? offline : isLong ? long : "";
  if (!text || live.textContent === text) return;
  live.textContent = text;
  live.classList.remove("hidden");
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
