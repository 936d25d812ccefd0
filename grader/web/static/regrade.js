// A regrade's page: while it is worked on, asks for itself again and shows what is new in place.
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
    await new Promise((resolve) => setTimeout(resolve, pause));
    await seen();
    const response = await ask(etag);
    if (response?.type === "opaqueredirect") return location.reload(); // signed out meanwhile
    if (response?.status !== 200) continue;
    etag = response.headers.get("ETag") ?? "";
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
  }
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

function show(page) {
  document.title = page.title;
  const fresh = document.adoptNode(page.querySelector("#regrade"));
  localise(fresh);
  document.querySelector("#regrade").replaceWith(fresh);
  if (!atWork(document)) document.querySelector("[data-live]").textContent = fresh.dataset.said;
}
