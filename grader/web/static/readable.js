// Says beside a field that what was typed cannot be read as a number, once the field is left; never whether it is right.
import { unreadable } from "./numbers.js";

export function readable(form) {
  const fields = form.querySelectorAll("input[data-field=number]");
  for (const field of fields) {
    field.addEventListener("blur", () => say(field, unreadable(field.value)));
    field.addEventListener("input", () => {
      if (field.getAttribute("aria-invalid") && !unreadable(field.value)) say(field, "");
    });
  }

  function say(field, reason) {
    document.getElementById(`problem-${field.name}`)?.remove();
    if (!reason) {
      field.removeAttribute("aria-invalid");
      return describe(field, false);
    }
    const note = document.createElement("p");
    note.className = "problem unread";
    note.id = `problem-${field.name}`;
    note.textContent = form.dataset[reason];
    field.after(note);
    field.setAttribute("aria-invalid", "true");
    describe(field, true);
  }
}

function describe(field, there) {
  const id = `problem-${field.name}`;
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  const all = there ? [id, ...others] : others;
  if (all.length) field.setAttribute("aria-describedby", all.join(" "));
  else field.removeAttribute("aria-describedby");
}
