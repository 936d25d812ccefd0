// Characters of typed text: without invisible ones, and with one sign for those with the same meaning, as in
// grader/judging/reading/text.py.
export const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060\u2061\u2065-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]+/gu;
const SPACES = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+/g;
const SAME = {
  "-": "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\ufe58\ufe63\uff0d",
  "+": "\u2064\u2795\ufb29\uff0b",
  "*": "\u00b7\u00d7\u2022\u2062\u2217\u2219\u22c5\u2715\u2716\u2a09\u2a2f",
  "/": "\u00f7\u2044\u2215\u2797\uff0f",
  ".": "\u066b\u3002\uff0e\uff61",
  ",": "\u060c\u201a\ufe50\uff0c",
  "%": "\u066a\ufe6a\uff05",
  "^": "\u02c6\uff3e",
};
const SIGNS = new Map(Object.entries(SAME).flatMap(([sign, all]) => [...all].map((one) => [one, sign])));
const RAISED = pairs("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni");
const LOWERED = pairs("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₔₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "0123456789+-=()aeoxəhklmnpstiruvj");
const RAISED_RUN = new RegExp(`[${[...RAISED.keys()].join("")}]+`, "g");
const LOWERED_RUN = new RegExp(`[${[...LOWERED.keys()].join("")}]+`, "g");
const FRACTION = /([0-9]?)([⁰¹²³⁴-⁹]+)[/\u2044\u2215]([₀-₉]+)/g;
const FONTS = /^[\u03d0-\u03f6\u2100-\u214f\ufe50-\ufe6b\uff01-\uffee\u{1d400}-\u{1d7ff}]$/u;
const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}]$/u;
const RIGHT_TO_LEFT = /^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]$/u;

export function plain(text) {
  const seen = text
    .replace(INVISIBLE, "")
    .replace(FRACTION, (all, before, top, bottom) => (before ? all : `(${translated(top, RAISED)}/${translated(bottom, LOWERED)})`))
    .replace(RAISED_RUN, (run) => `^(${translated(run, RAISED)})`)
    .replace(LOWERED_RUN, (run) => `_${translated(run, LOWERED)}`);
  const same = [...seen].map(one).map((character) => SIGNS.get(character) ?? character);
  return trimmed(same.join("").replace(SPACES, " "));
}

export function trimmed(text) {
  return text.replace(/^ +| +$/g, "");
}

export function code(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export function isVisible(character) {
  return VISIBLE.test(character) && !RIGHT_TO_LEFT.test(character);
}

export function pairs(from, to) {
  const there = [...to];
  return new Map([...from].map((one, k) => [one, there[k]]));
}

function translated(text, table) {
  return [...text].map((one) => table.get(one)).join("");
}

function one(character) {
  if (character < "\u0080") return character;
  if (/^\p{Nd}$/u.test(character)) return digit(character.codePointAt(0));
  if (!FONTS.test(character)) return character;
  const found = character.normalize("NFKC");
  return [...found].length === 1 ? found : character;
}

// Unicode has decimal digits in blocks of ten, some of which are adjacent.
function digit(place) {
  let before = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(place - before - 1))) before += 1;
  return String(before % 10);
}
