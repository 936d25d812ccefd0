// Values pasted from a spreadsheet fill the fields that they name, else those from the focused one on: one
// announcement, one undo.
import { placed } from "./pasted.js";

export function pasting(form) {
  const note = form.querySelector("[data-pasted]");
  const undo = note.querySelector("[data-undo]");
  let before = [];

  form.addEventListener("paste", (event) => {
    const field = event.target.closest("input[data-field]");
    if (!field) return;
    const inputs = [...form.querySelectorAll("input[data-field]")];
    const plan = placed(event.clipboardData?.getData("text/plain") ?? "", described(inputs), inputs.indexOf(field));
    if (!plan) return; // the browser pastes a single value itself
    event.preventDefault();
    const filled = plan.pairs.filter(([index]) => index !== null).map(([index, text]) => [inputs[index], text]);
    before = filled.map(([place]) => [place, place.value]);
    for (const [place, text] of filled) place.value = text;
    changed(filled);
    filled.at(-1)?.[0].focus();
    say(filled.map(([place]) => place), plan);
  });

  undo.addEventListener("click", () => {
    for (const [place, text] of before) place.value = text;
    changed(before);
    before[0]?.[0].focus();
    note.hidden = true;
  });

  function changed(pairs) {
    for (const [place] of pairs) place.dispatchEvent(new Event("input", { bubbles: true }));
    for (const [place] of pairs) place.dispatchEvent(new Event("blur"));
  }

  function say(places, plan) {
    const words = note.dataset;
    const said = [plan.isUnclear ? words.unclear : filledWords(words, places.length, plan.isNamed)];
    if (plan.left) said.push(words.left.replace("{left}", plan.left));
    if (plan.passed) said.push(words.passed);
    const text = said.join(" ").replace("{count}", places.length);
    note.hidden = false;
    undo.hidden = places.length === 0;
    note.querySelector("[data-text]").textContent =
      places.length ? text.replace("{first}", nameOf(places[0])).replace("{last}", nameOf(places.at(-1))) : text;
  }
}

function filledWords(words, count, isNamed) {
  if (isNamed) return words.named;
  return count === 1 ? words.one : words.many;
}

// The fields for the plan, in a table with their position.
function described(inputs) {
  const lines = [...new Set(inputs.map((input) => input.closest("tr")))];
  return inputs.map((input) => {
    const column = input.closest("td.cell")?.dataset.column;
    const place = column === undefined ? {} : { line: lines.indexOf(input.closest("tr")), column: Number(column) };
    return { name: input.name, label: nameOf(input), isNumber: input.dataset.field === "number", ...place };
  });
}

function nameOf(field) {
  return field.labels[0]?.querySelector(".hidden")?.textContent ?? field.name;
}
