// What reads numbers and formulas while they are typed and pasted: loaded after the form can be used.
import { pasting } from "./pasting.js";
import { readable } from "./readable.js";

export function reading(form) {
  readable(form);
  pasting(form);
  form.dataset.reads = "";
}
