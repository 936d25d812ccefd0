// Enter moves to the next field, Shift + Enter to the previous one; with Ctrl or Command it submits.
export function keys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) return form.requestSubmit();
    const stops = [...form.querySelectorAll("input[data-field], input[type=file], .send button")];
    const next = stops[stops.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    next?.focus();
    if (next?.matches("[data-field]")) next.select();
  });
}
