// An exercise's page, before it is sent and after: the form, the figure, the report that comes by itself.
import { figure } from "./figure.js";
import { keys } from "./keys.js";
import { localise } from "./times.js";
import { watch } from "./watching.js";

const REPORT = { part: "#submission", waiting: "#submission[data-status='pending']", said: "summary", quickest: 250, slowest: 8000, slower: 1.5 };

start();
// What was shown in place of another page has its own address; going back from there asks for the former one.
window.addEventListener("popstate", () => location.reload());

async function start() {
  figure(document.querySelector("main"));
  const form = document.querySelector("form[data-answers]");
  if (form) {
    keys(form); // at once: until it listens, Enter would send the form
    await answered(form);
  }
  watch(REPORT);
  // A page that says what cannot be read says so at once.
  document.querySelector("[data-problems]")?.focus();
}

// What is sent before the scripts of the form have come waits for them; where they do not come the browser sends it.
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

// Shows a page that came as an answer in place of this one.
function show(page, address) {
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  if (address !== location.href) history.pushState({}, "", address);
  localise(document.body);
  window.scrollTo(0, 0);
  document.querySelector("main").focus({ preventScroll: true });
  start();
}
