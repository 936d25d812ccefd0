// Pasted LaTeX as plain signs, as in grader/judging/reading/text.py.
import { pairs, trimmed } from "./characters.js";

const LETTERS = "αβγδεζηθικλμνξπρστυφχψωΔ";
const NAMES = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega Delta".split(" ");
export const GREEK = new Map([...pairs(LETTERS, NAMES), ["∆", "Delta"], ["µ", "mu"]]);

const COMMANDS = new Map([
  ...[...GREEK].map(([letter, name]) => [name, letter]),
  ...[...GREEK].filter(([, name]) => ["epsilon", "theta", "phi", "rho"].includes(name)).map(([letter, name]) => [`var${name}`, letter]),
  ...["cdot", "times", "ast", "bullet"].map((name) => [name, "*"]),
  ...["approx", "simeq", "sim", "cong"].map((name) => [name, "≈"]),
  ...["left", "right", "displaystyle", "textstyle"].map((name) => [name, ""]),
  ...["big", "Big", "bigg", "Bigg"].flatMap((size) => ["", "l", "r"].map((side) => [size + side, ""])),
  ...["exp", "ln", "log", "tanh"].map((name) => [name, ` ${name}`]),
  ...Object.entries({ div: "/", infty: "∞", quad: " ", qquad: " ", partial: "∂" }),
]);
const STEPS = [
  [/^\$\$?([^$]*)\$\$?$|^\\\((.*)\\\)$|^\\\[(.*)\\\]$/g, (_, one, two, three) => one ?? two ?? three],
  [/\\[,;:!> ]/g, () => " "],
  [/\\([%_])/g, (_, sign) => sign],
  [/\\\{/g, () => "("],
  [/\\\}/g, () => ")"],
  [/\{([,.])\}/g, (_, sign) => sign],
  [/\\left ?\|/g, () => " abs("],
  [/\\right ?\|/g, () => ")"],
];
const WRAPPED = /(_ ?)?\\(?:math(?:rm|it|bf|sf)|text(?:rm|it|bf|normal)?|operatorname|boldsymbol|bm) ?\{([^{}\\]*)\}/g;
const LOWERED = /_ ?\{([A-Za-z0-9_, ]*)\}/g;
const COMMAND = /\\([A-Za-z]+)/g;
const FRACTION = /\\[dtc]?frac(?![A-Za-z])/g;
const SIMPLE = /^(?:[\p{L}_][\p{L}\p{N}_]*|∂[\p{L}\p{N}_]+|\d+(?:[.,]\d+)?)$/u;

export function withoutLatex(typed) {
  if (!/[\\{$]/.test(typed)) return typed;
  let text = STEPS.reduce((so, [pattern, instead]) => so.replace(pattern, instead), typed);
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(WRAPPED, (_, low, inner) => (low ? `_{${inner}}` : ` ${inner}`));
  }
  text = text.replace(LOWERED, (_, inner) => `_${inner.replace(/[, ]/g, "")} `);
  text = text.replace(COMMAND, (all, name) => COMMANDS.get(name) ?? all).replaceAll("∂ ", "∂");
  text = fractions(text).replaceAll("\\sqrt{", " sqrt{").replaceAll("\\sqrt(", " sqrt(");
  return trimmed(text.replaceAll("{", "(").replaceAll("}", ")").replace(/ +/g, " "));
}

// The last fraction first, because nested ones begin after it.
function fractions(text) {
  for (const command of [...text.matchAll(FRACTION)].reverse()) {
    const [top, after] = argument(text.slice(command.index + command[0].length));
    const [bottom, rest] = argument(after);
    if (top && bottom) text = `${text.slice(0, command.index)} (${bracketed(top)}/${bracketed(bottom)}) ${rest}`;
  }
  return text;
}

function argument(typed) {
  const text = typed.replace(/^ +/, "");
  if (!text.startsWith("{")) return /^[\p{L}\p{N}]/u.test(text) ? [[...text][0], text.slice([...text][0].length)] : ["", text];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    depth += (text[at] === "{") - (text[at] === "}");
    if (depth === 0) return [text.slice(1, at), text.slice(at + 1)];
  }
  return ["", text];
}

function bracketed(text) {
  const bare = trimmed(text);
  return SIMPLE.test(bare) ? bare : `(${bare})`;
}
