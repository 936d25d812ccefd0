// Whether a text can be read as a number, and if not why: as grader/checking/numbers.py reads it, never whether it is
// right. tests/fixtures/readable.json holds both to the same answers.
const MOST = 100;
const SPACE = "[ \\t\\r\\n\\u00a0\\u2009\\u202f\\u2007]";
const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const MINUSES = /[\u2212\u2013\ufe63\uff0d]/g;
const DECIMAL = /^[+-]?(\d*)(?:[.,](\d*))?(?:[eE][+-]?\d{1,4})?$/;
const FRACTION = /^[+-]?\d+(?:[.,]\d*)? ?\/ ?([+-]?\d+(?:[.,]\d*)?)$/;
const ENDLESS = new Set(["nan", "inf", "infinity", "∞"]);

// "" for a number and for nothing at all, else a word for the reason.
export function unreadable(text) {
  if ([...text].length > MOST) return "long";
  const plain = text.replace(AROUND, "").replace(MINUSES, "-");
  if (!plain) return "";
  const fraction = FRACTION.exec(plain);
  if (fraction) return Number(fraction[1].replace(",", ".")) === 0 ? "zero" : "";
  const decimal = DECIMAL.exec(plain);
  if (!decimal || !(decimal[1] || decimal[2])) return reason(plain);
  return Number.isFinite(Number(plain.replace(",", "."))) ? "" : "large";
}

function reason(plain) {
  if (ENDLESS.has(plain.toLowerCase().replace(/^[+-]+/, ""))) return "infinite";
  return plain.split(/[.,]/).length > 2 ? "separators" : "other";
}
