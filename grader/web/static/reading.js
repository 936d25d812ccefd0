// Parsers of typed and pasted numbers and formulas, loaded once the form is usable.
import { pasting } from "./pasting.js";
import { readable } from "./readable.js";

export function reading(form) {
  readable(form);
  pasting(form);
  form.dataset.reads = "";
}
