// Inserts omitted multiplication signs where unambiguous, as in grader/judging/reading/parser.py.
import { shown } from "./numbers.js";

const BEFORE_VALUE = ["number", "name", "open"];
const AFTER_VALUE = ["number", "name", "close"];

export function withProducts(words, isFunction) {
  const written = [];
  const signs = [""];
  words.forEach((word, k) => {
    const left = words[k - 1];
    if (left && isProduct(left, word, isFunction)) {
      check(left, word, words[k + 1], signs.at(-1));
      written.push({ sort: "sign", text: "*", typed: "*", spaced: false });
      signs[signs.length - 1] = "*";
    }
    if (word.sort === "open") signs.push("");
    else if (word.sort === "close") signs.pop();
    else if (word.sort === "sign" && left && AFTER_VALUE.includes(left.sort)) signs[signs.length - 1] = word.text;
    written.push(word);
  });
  return written;
}

function isProduct(left, right, isFunction) {
  if (isFunction(left)) {
    if (right.sort !== "open") throw ["formula.function-brackets", { name: left.text }];
    return false;
  }
  return AFTER_VALUE.includes(left.sort) && BEFORE_VALUE.includes(right.sort);
}

function check(left, right, after, sign) {
  const values = { one: shown(left.typed), other: shown(right.typed) };
  const isLoose = left.sort === "number" && right.text === "e" && after?.text !== "**"; // 2e may be half of 2e-1
  if (right.sort === "number" || isLoose) throw ["formula.sign-missing", values];
  if (sign === "/") throw ["formula.after-division", values];
  const isPlain = left.sort === "close" || (left.sort === "number" && (left.spaced || right.sort === "open"));
  if (sign === "**" && !isPlain) throw ["formula.after-power", values];
}
