// Numbers pasted from a spreadsheet fill the fields from the one that has the focus: one announcement, one undo.
export function pasting(form) {
  const note = form.querySelector("[data-pasted]");
  let before = [];

  form.addEventListener("paste", (event) => {
    const field = event.target.closest("input[data-field]");
    const rows = cellsOf(event.clipboardData?.getData("text/plain") ?? "");
    if (!field || rows.flat().length < 2) return; // a single value goes where the browser puts it
    event.preventDefault();
    const pairs = placed(form, field, rows);
    const filled = pairs.filter(([place]) => place);
    before = filled.map(([place]) => [place, place.value]);
    for (const [place, text] of filled) place.value = text;
    changed(filled);
    filled.at(-1)?.[0].focus();
    say(filled.map(([place]) => place), pairs.length - filled.length);
  });

  note.querySelector("[data-undo]").addEventListener("click", () => {
    for (const [place, text] of before) place.value = text;
    changed(before);
    before[0]?.[0].focus();
    note.hidden = true;
  });

  function changed(pairs) {
    for (const [place] of pairs) place.dispatchEvent(new Event("input", { bubbles: true }));
    for (const [place] of pairs) place.dispatchEvent(new Event("blur"));
  }

  function say(places, left) {
    const words = note.dataset;
    const text = places.length === 1 ? words.one : words.many;
    const more = left ? ` ${words.left.replace("{left}", left)}` : "";
    note.hidden = false;
    note.querySelector("[data-text]").textContent =
      text.replace("{count}", places.length).replace("{first}", nameOf(places[0])).replace("{last}", nameOf(places.at(-1))) + more;
  }
}

function cellsOf(text) {
  const lines = text.replace(/(\r\n|\r|\n)+$/, "").split(/\r\n|\r|\n/);
  return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

// Pairs of a field and its text; null for a field where there is none. A table is filled like a spreadsheet, a column
// downwards; elsewhere one field after the other.
function placed(form, field, rows) {
  const cell = field.closest("td.cell");
  if (!cell || rows.length === 1) {
    const fields = [...form.querySelectorAll("input[data-field]")];
    const first = fields.indexOf(field);
    return rows.flat().map((text, k) => [fields[first + k] ?? null, text]);
  }
  const lines = [...cell.closest("table").querySelectorAll("tr:has(td.cell)")];
  const top = lines.indexOf(cell.closest("tr"));
  const left = Number(cell.dataset.column);
  return rows.flatMap((texts, down) =>
    texts.map((text, across) => [lines[top + down]?.querySelector(`td.cell[data-column="${left + across}"] input`) ?? null, text]),
  );
}

function nameOf(field) {
  return field.labels[0]?.querySelector(".hidden")?.textContent ?? field.name;
}
