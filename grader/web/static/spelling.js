// Spellings of quantity names, as in grader/judging/reading/lexer.py.
import { plain } from "./characters.js";
import { GREEK, withoutLatex } from "./latex.js";

const MOST_GUESSES = 3;
const LONG = 6;
const EQUATION = /^([^=≈]+)[=≈](.*)$/;
const MOST = 600;

export function inAscii(name) {
  return [...name].map((one) => (one === "∂" ? "d" : GREEK.get(one) ?? one)).join("");
}

// What all spellings of a name have in common.
export function keyOf(name) {
  return inAscii(name).replace(/[_ ]/g, "").toLowerCase().replace(/^detotal(?=d)/, "de");
}

export function meant(typed, names) {
  const ascii = inAscii(typed);
  if (names.includes(ascii)) return [ascii];
  const wanted = keyOf(typed);
  return names.filter((name) => keyOf(name) === wanted);
}

export function guesses(typed, names) {
  const wanted = keyOf(typed);
  if (!wanted) return [];
  const most = wanted.length >= LONG ? 2 : 1;
  const begun = names.filter((name) => keyOf(name).startsWith(wanted));
  const near = names.filter((name) => !begun.includes(name) && wanted.length > 1 && distance(wanted, keyOf(name)) <= most);
  return [...begun, ...near].slice(0, MOST_GUESSES);
}

// Replaces the superscript + of values after the step by their names.
export function withNames(text) {
  return text.replace(/ ?\^ ?\( ?\+ ?\)/g, "_new ");
}

// The text to the right of "net_h1 =" in the field net_h1; any other text unchanged.
export function withoutOwnName(text, name) {
  if (text.length > MOST || !/[=≈]/.test(text)) return text;
  const equation = EQUATION.exec(withoutLatex(plain(text)));
  if (!equation || keyOf(withNames(equation[1]).replace(/[/():]/g, "")) !== keyOf(name)) return text;
  return equation[2];
}

function distance(one, other) {
  let above = [...Array(other.length + 1).keys()];
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const exchanged = above[column - 1] + (one[row - 1] !== other[column - 1]);
      line.push(Math.min(above[column] + 1, line[column - 1] + 1, exchanged));
    }
    above = line;
  }
  return above.at(-1);
}
