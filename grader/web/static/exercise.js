// The page of an exercise before and after submission: the form, the figure, the report that appears by polling.
import { figure } from "./figure.js";
import { keys } from "./keys.js";
import { localise } from "./times.js";
import { watch } from "./watching.js";

const REPORT = { part: "#submission", waiting: "#submission[data-status='pending']", said: "summary", quickest: 250, slowest: 8000, slower: 1.5 };

start();
// A page that replaced another has its own URL; going back loads the former one.
window.addEventListener("popstate", () => location.reload());

async function start() {
  figure(document.querySelector("main"));
  const form = document.querySelector("form[data-answers]");
  if (form) {
    keys(form); // immediately: until it listens, Enter would submit the form
    await answered(form);
  }
  watch(REPORT);
  // A page that says what cannot be read says so at once.
  document.querySelector("[data-problems]")?.focus();
}

// A form submitted before its scripts have loaded waits for them; if they fail to load, the browser submits it.
async function answered(form) {
  let held = null;
  const hold = (event) => {
    event.preventDefault();
    held = event;
  };
  form.addEventListener("submit", hold);
  const script = await import("./answering.js").catch(() => null);
  form.removeEventListener("submit", hold);
  script?.answering(form, show);
  if (held) form.requestSubmit(held.submitter);
}

// Replaces this page by one received in a response.
function show(page, address) {
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  if (address !== location.href) history.pushState({}, "", address);
  localise(document.body);
  window.scrollTo(0, 0);
  document.querySelector("main").focus({ preventScroll: true });
  start();
}
