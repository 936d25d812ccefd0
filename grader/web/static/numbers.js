// Whether a text is readable as a number, and if not why, as in grader/judging/reading/numbers.py; never whether it is
// correct. tests/fixtures/readable.json tests that both give the same messages.
import { INVISIBLE, code, isVisible, plain } from "./characters.js";
import { withoutLatex } from "./latex.js";

const MOST = 100;
const MARKS = " '\u2018\u2019\u00b4\u02bc\u066c_";
const LEADING = /^(?:[=≈~∼≃≅≒≐] ?|:= ?)+/;
const ENDING = /^(.*[^ ]) ?[.,;]$/;
const DOUBTFUL = /^[+-]? ?[1-9]\d{0,2}[.,]\d{3}$/;
const SIGNED = /^([+-]?) ?(.*?) ?([%‰]?)$/;
const POWERS = [
  /^(?<mantissa>.*?) ?[eE\u0435\u0415] ?(?<exponent>[+-]? ?\d+)$/,
  /^(?:(?<mantissa>.*?)(?: ?[*xX\u0445\u0425] ?| ))?10 ?(?:\^|\*\*) ?(?<exponent>[+-]? ?\d+|\( ?[+-]? ?\d+ ?\))$/,
];
const GROUPS = [
  /^(\d*)(?:[.,](\d*))?$/,
  new RegExp(`^([1-9]\\d{0,2}(?:(?<mark>[${MARKS}])\\d{3})(?:\\k<mark>\\d{3})*)(?:[.,](\\d*))?$`),
  /^(\d+)[.,](\d{3}(?: \d{3})+)$/,
  /^([1-9]\d{0,2}(?:,\d{3})+)\.(\d+)$/,
  /^([1-9]\d{0,2}(?:\.\d{3})+),(\d+)$/,
  /^([1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,}))$/,
];
const SIDE = "[+-]? ?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)";
const FRACTION = new RegExp(`^(?:${SIDE} ?/ ?(${SIDE})|[+-]? ?\\( ?${SIDE} ?/ ?(${SIDE}) ?\\))$`);
const QUOTED = /^(?:["'“„«‘] ?([^"'“”„«»‘’]+?) ?["'“”»’]|'([^"'“”„«»‘’]+))$/;
const VULGAR = /^[+-]? ?[0-9]* ?[¼-¾⅐-⅞↉]$/;
const ENDLESS = /^[+-]? ?(?:nan|inf|infinity|∞)$/i;
const WORD = /^\\?\p{L}[\p{L}0-9_]*/u;
const EXPONENT = /^[eE]\d*$/;
const LONGEST = 40;

// Returns nothing for a number and for blank text, else the key of a message and its values.
export function unreadable(text) {
  const length = [...text].length;
  if (length > MOST) return ["number.too-long", { length, most: MOST }];
  const seen = plain(text);
  if (!seen) return null;
  const bare = withoutEnds(withoutLatex(seen));
  if (VULGAR.test(bare)) return null;
  const fraction = FRACTION.exec(bare);
  if (fraction) return isZero(fraction[1] ?? fraction[2]) ? ["number.divides-by-zero", {}] : null;
  const digits = digitsOf(bare);
  if (digits === null) return strange(text, bare);
  return Number.isFinite(Number(digits)) ? null : ["number.too-large", {}];
}

export function shown(text) {
  const all = [...text];
  return all.length <= LONGEST ? text : `${all.slice(0, LONGEST).join("")}…`;
}

function withoutEnds(text) {
  const bare = text.replace(LEADING, "");
  const ended = ENDING.exec(bare);
  const kept = !ended || DOUBTFUL.test(ended[1]) ? bare : ended[1];
  const quoted = QUOTED.exec(kept);
  return quoted ? quoted[1] ?? quoted[2] : kept;
}

function isZero(text) {
  return Number(text.replace(",", ".").replaceAll(" ", "")) === 0;
}

function digitsOf(bare) {
  const [, , all, share] = SIGNED.exec(bare);
  const power = POWERS.map((pattern) => pattern.exec(all)).find(Boolean)?.groups;
  const rest = power ? power.mantissa ?? "1" : all;
  const match = GROUPS.map((pattern) => pattern.exec(rest)).find(Boolean);
  const whole = match?.[1];
  const part = match?.groups ? match[3] : match?.[2];
  if (!whole && !part) return null;
  const exponent = BigInt(power ? power.exponent.replace(/[+ ()]/g, "") : 0) - BigInt({ "": 0, "%": 2, "‰": 3 }[share]);
  return `${bared(whole)}.${bared(part)}e${exponent}`;
}

function bared(digits) {
  return (digits ?? "").replace(/\D/g, "");
}

function strange(text, bare) {
  if (ENDLESS.test(bare)) return ["number.not-finite", {}];
  const foreign = foreignIn(text.replace(INVISIBLE, ""));
  if (foreign) return foreign;
  if (/\d[.,;]? [+-]?[.,]?\d/.test(bare)) return ["number.several", {}];
  if (bare.split(/[.,]/).length > 2) return ["number.separators", {}];
  return [/[\d.)] ?[-+*/^]/.test(bare) ? "number.calculation" : "number.unreadable", {}];
}

function foreignIn(seen) {
  for (let at = 0; at < seen.length; ) {
    const word = wordAt(seen, at);
    if (word && !EXPONENT.test(word)) return ["number.word", { word: shown(word) }];
    const character = String.fromCodePoint(seen.codePointAt(at));
    if (!word && /[^0-9+\-.,/*%^ ]/.test(plain(character))) return named("number", character);
    at += (word || character).length;
  }
  return null;
}

function wordAt(text, at) {
  const [word] = WORD.exec(text.slice(at)) ?? [""];
  const letters = [...word];
  const end = letters.findIndex((one, k) => !/[\\0-9_]/.test(one) && !isVisible(one) && k >= 0);
  const kept = end < 0 ? word : letters.slice(0, end).join("");
  return kept === "\\" ? "" : kept;
}

export function named(kind, character) {
  return isVisible(character) ? [`${kind}.unreadable-character`, { character, code: code(character) }] : [`${kind}.code`, { code: code(character) }];
}
