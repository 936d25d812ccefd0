// Whether a text is readable as a formula, and if not why, as in grader/judging/reading/parser.py; never whether it is
// correct. tests/fixtures/readable.json tests that both give the same messages.
import { plain, trimmed } from "./characters.js";
import { GREEK, withoutLatex } from "./latex.js";
import { named, shown } from "./numbers.js";
import { withProducts } from "./products.js";
import { guesses, meant, withNames } from "./spelling.js";
import { problemOf } from "./terms.js";

const MOST = 500;
const LARGEST = 1e12;
const DEEPEST = 30;
const FUNCTIONS = ["exp", "ln", "log", "sqrt", "tanh", "sigmoid", "logistic", "sigma", "abs"];
const VULGAR = "¼-¾⅐-⅞↉";
const NUMBER = `(?<number>(?:\\d+(?:\\.\\d*|,\\d+)?|[.,]\\d+)(?:[eE][+-]?\\d+)?|\\d* ?(?<vulgar>[${VULGAR}]))(?![${VULGAR}])`;
const NAME = `(?<name>∂? ?(?:[${[...GREEK.keys()].join("")}][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*))`;
const SIGN = "(?<sign>\\*\\*|[-+*/^])|(?<open>[(\\[])|(?<close>[)\\]])";
const WORD = new RegExp(` ?(?:${NUMBER}|${NAME}|${SIGN})(?<space> ?)`, "y");

// Returns nothing for a formula and for blank text, else the key of a message and its values.
export function unreadableFormula(text, names) {
  const length = [...text].length;
  if (length > MOST) return ["formula.too-long", { length, most: MOST }];
  if (!plain(text)) return null;
  try {
    const words = withProducts(lexemes(text, names), (word) => isFunction(word, names));
    return problemOf(words, (word) => isFunction(word, names), names);
  } catch (problem) {
    if (Array.isArray(problem)) return problem;
    throw problem;
  }
}

function isFunction(word, names) {
  return word.sort === "name" && FUNCTIONS.includes(word.text) && !names.includes(word.text);
}

function lexemes(text, names) {
  const bare = bareOf(text);
  if (bare.includes("=")) throw ["formula.equals", {}];
  const words = wholeNames(wordsOf(bare), names).flatMap((word) => spelt(word, names));
  checkBrackets(words);
  return words;
}

function bareOf(text) {
  const stepped = withNames(withoutLatex(plain(text))).replaceAll("√", " sqrt ");
  const bare = trimmed(stepped).replace(/^(?:[=≈≃≅ ]|:=)+/, "");
  return /^(.*[^ .,;]) ?[.,;]$/.exec(bare)?.[1] ?? bare;
}

function wordsOf(text) {
  const words = [];
  WORD.lastIndex = 0;
  for (let at = 0; at < text.length; at = WORD.lastIndex) {
    const match = WORD.exec(text);
    if (!match) throw strange(text.slice(at).replace(/^ +/, ""));
    words.push(lexeme(match));
  }
  return words;
}

function lexeme({ 0: all, groups }) {
  const typed = trimmed(all);
  const spaced = groups.space !== "";
  if (groups.number) return { sort: "number", text: numberOf(groups), typed, spaced };
  if (groups.name) return { sort: "name", text: groups.name.replaceAll(" ", ""), typed, spaced };
  if (groups.sign) return { sort: "sign", text: typed === "^" ? "**" : typed, typed, spaced };
  return { sort: groups.open ? "open" : "close", text: groups.open ? "(" : ")", typed, spaced };
}

function numberOf({ number, vulgar }) {
  if (vulgar) {
    const [top, bottom] = vulgar.normalize("NFKC").split("\u2044");
    return Number(trimmed(number.slice(0, -1))) + Number(top) / Number(bottom);
  }
  const value = Number(number.replace(",", "."));
  if (value > LARGEST) throw ["formula.number-too-large", { number: shown(number) }];
  return value;
}

// Derivatives: dE/dw5 is one name if it is that of a quantity and its halves are not names.
function wholeNames(words, names) {
  const found = [];
  for (let at = 0; at < words.length; at += 1) {
    const [one, sign, other] = words.slice(at, at + 3);
    const joined = `${one.text}_${other?.text}`;
    const areNames = sign?.text === "/" && one.sort === "name" && other?.sort === "name";
    if (areNames && !meant(one.text, names).length && !meant(other.text, names).length && meant(joined, names).length === 1) {
      found.push({ sort: "name", text: joined, typed: one.typed + sign.typed + other.typed, spaced: other.spaced });
      at += 2;
    } else found.push(one);
  }
  return found;
}

// A name as the exercise spells it; ηw5 is two names.
function spelt(word, names) {
  if (word.sort !== "name" || (word.text === "e" && !names.includes("e"))) return [word];
  const found = spelling(word.text, names);
  if (found) return [{ ...word, text: found }];
  const [letter, ...others] = word.text;
  const rest = others.join("");
  const first = spelling(letter, names);
  const second = rest ? spelling(rest, names) : null;
  if (GREEK.has(letter) && first && second) {
    return [{ sort: "name", text: first, typed: letter, spaced: false }, { sort: "name", text: second, typed: rest, spaced: word.spaced }];
  }
  throw unknown(word.typed, names);
}

function spelling(typed, names) {
  const found = meant(typed, names);
  if (found.length > 1) throw ["formula.ambiguous-name", { name: shown(typed), names: found }];
  return found[0] ?? meant(typed, FUNCTIONS)[0] ?? null;
}

function unknown(typed, names) {
  const near = guesses(typed, [...names, ...FUNCTIONS]);
  if (near.length) return ["formula.did-you-mean", { name: shown(typed), names: near }];
  return ["formula.unknown-name", { name: shown(typed), names, functions: FUNCTIONS }];
}

function checkBrackets(words) {
  const opened = [];
  words.forEach((word, k) => {
    if (word.sort === "open") {
      if (word.typed === "[" && k && !["sign", "open"].includes(words[k - 1].sort)) throw ["formula.round-brackets", {}];
      opened.push(word.typed);
    }
    if (word.sort === "close") checkClosing(word, opened);
    if (opened.length > DEEPEST) throw ["formula.nested", { most: DEEPEST }];
  });
  if (opened.length) throw ["formula.not-closed", { count: opened.length }];
}

function checkClosing(word, opened) {
  if (!opened.length) throw ["formula.closing", {}];
  if (!["()", "[]"].includes(opened.pop() + word.typed)) throw ["formula.other-bracket", { bracket: word.typed }];
}

function strange(rest) {
  if (rest[0] === ".") return ["formula.point", {}];
  if (rest[0] === ",") return ["formula.comma", {}];
  const command = /^\\[A-Za-z]+/.exec(rest);
  if (command) return ["formula.command", { command: shown(command[0]) }];
  return named("formula", String.fromCodePoint(rest.codePointAt(0)));
}
