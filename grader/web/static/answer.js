// The answering form: a draft of what was typed stays in this browser, and a double click sends once.
const form = document.querySelector("form[data-draft]");
const key = form.dataset.draft;
const fields = [...form.querySelectorAll("input[data-field]")];
const button = form.querySelector("button");

function read() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // storage refused or not ours: the page works without drafts
  }
}

function keep(sent) {
  const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  try {
    localStorage.setItem(key, JSON.stringify({ typed, sent }));
  } catch {
    // A full or forbidden storage costs the draft, never the answer.
  }
}

// What the server put into the fields (after unreadable input, or a former attempt) goes before a draft.
if (fields.every((field) => field.value === "")) {
  const draft = read();
  for (const field of fields) field.value = draft?.typed?.[field.name] ?? "";
  const note = document.querySelector("[data-draft-note]");
  if (note && fields.some((field) => field.value !== "")) note.hidden = false;
}

form.addEventListener("input", () => keep(false));
form.addEventListener("submit", (event) => {
  if (button.disabled) return event.preventDefault();
  keep(true);
  button.disabled = true;
  button.textContent = button.dataset.sending;
});
// A page that comes back from the browser's history must be usable again.
window.addEventListener("pageshow", () => {
  button.disabled = false;
  button.textContent = button.dataset.idle;
});

const problems = document.querySelector("[data-problems]");
if (problems) {
  problems.focus();
  // This page is the reply to a POST: the way back to it, and a reload, shall ask for the form and send nothing.
  history.replaceState(null, "", location.href);
}
