// Reports unreadable text next to a field when it loses the focus; never whether it is correct. The
// messages come from the server, with the page.
import { unreadableFormula } from "./formulas.js";
import { unreadable } from "./numbers.js";
import { sentence } from "./sentences.js";
import { withoutOwnName } from "./spelling.js";

export function readable(form) {
  const sentences = JSON.parse(form.dataset.sentences);
  for (const field of form.querySelectorAll("input[data-field]")) {
    field.addEventListener("blur", () => say(field, problemOf(field)));
    field.addEventListener("input", () => {
      if (field.getAttribute("aria-invalid") && !problemOf(field)) say(field, null);
    });
  }

  function say(field, problem) {
    document.getElementById(`problem-${field.name}`)?.remove();
    if (!problem) {
      field.removeAttribute("aria-invalid");
      return describe(field, false);
    }
    const note = document.createElement("p");
    note.className = "problem unread";
    note.id = `problem-${field.name}`;
    note.textContent = sentence(sentences, problem);
    field.after(note);
    field.setAttribute("aria-invalid", "true");
    describe(field, true);
  }
}

function problemOf(field) {
  const names = field.dataset.names?.split(" ");
  const text = withoutOwnName(field.value, field.name);
  return names ? unreadableFormula(text, names) : unreadable(text);
}

function describe(field, there) {
  const id = `problem-${field.name}`;
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  const all = there ? [id, ...others] : others;
  if (all.length) field.setAttribute("aria-describedby", all.join(" "));
  else field.removeAttribute("aria-describedby");
}
