// Assigns pasted values to fields, by the name next to a value, else by its position;
// if neither is clear, nothing is assigned.
import { plain } from "./characters.js";
import { withoutLatex } from "./latex.js";
import { unreadable } from "./numbers.js";
import { keyOf, withNames } from "./spelling.js";

const UNCLEAR = { pairs: [], left: 0, passed: 0, isUnclear: true };
const PLACEHOLDER = /^(?:#.*|n\/?a|none|null|nil|-*)$/i;
const MARKED = /^(.+?)\s*[=≈:]\s*(.*\S)\s*$/s;
const SEPARATED = /^(.*\S)(?:\s*[,;]\s*|\s+)(\S+)\s*$/s;

// fields: name, label, whether a number is asked for, and in a table its row and column; all in page order.
// Returns pairs of a field's index (or null) and a text, and the number of heading cells; null for a
// single value, which the browser pastes itself.
export function placed(text, fields, start) {
  const index = indexOf(fields);
  const rows = cellsOf(text);
  const split = splitted(rows, index, fields);
  if (split) return byName(split, index);
  if (rows.flat().filter(Boolean).length < 2) return null;
  if (rows.some((row) => row.some((cell) => isName(cell, index)) && row.filter(Boolean).length > 1)) return byName(rows, index);
  return byPosition(rows, fields, start);
}

function cellsOf(text) {
  const rows = text.split(/\r\n|\r|\n/).map((line) => line.split("\t").map((cell) => (plain(cell) ? cell.trim() : "")));
  while (rows.length && !rows.at(-1).some(Boolean)) rows.pop();
  const width = Math.max(0, ...rows.map((row) => row.findLastIndex(Boolean) + 1));
  return rows.map((row) => Array.from({ length: width }, (_, k) => row[k] ?? ""));
}

function indexOf(fields) {
  const index = new Map();
  fields.forEach((field, k) => {
    for (const key of new Set([nameKey(field.name), nameKey(field.label)])) index.set(key, index.has(key) && index.get(key) !== k ? null : k);
  });
  index.delete("");
  return index;
}

function nameKey(text) {
  const bare = withNames(withoutLatex(plain(text)));
  return keyOf(bare.replace(/[:=]+$/, "").replace(/[/()[\]{}]/g, ""));
}

function fieldOf(cell, index) {
  return index.get(nameKey(cell)) ?? null;
}

function isName(cell, index) {
  return cell !== "" && fieldOf(cell, index) !== null;
}

// Lines like "net_h1 = 0.3775" as two cells each; null if there are none.
function splitted(rows, index, fields) {
  if (rows.some((row) => row.length > 1)) return null;
  const cells = rows.map(([line]) => halves(line, index, fields, rows.length === 1) ?? [line, ""]);
  return cells.some(([, value]) => value) ? cells : null;
}

function halves(line, index, fields, isSingle) {
  const marked = MARKED.exec(line);
  if (marked && isName(marked[1], index)) return marked.slice(1);
  const separated = isSingle ? null : SEPARATED.exec(line);
  if (!separated || !isName(separated[1], index) || unreadable(separated[2])) return null;
  return fields[fieldOf(separated[1], index)].isNumber ? separated.slice(1) : null;
}

function byName(rows, index) {
  const across = transposed(rows, index);
  if (across === null) return UNCLEAR;
  const found = new Map();
  let [left, passed] = [0, 0];
  for (const row of across) {
    const named = valuesOf(row, index);
    if (named === null || named.some(([field, text]) => found.has(field) && found.get(field) !== text)) return UNCLEAR;
    for (const [field, text] of named) found.set(field, text);
    if (row.some((cell) => isName(cell, index))) continue;
    if (row.some(isNumber)) left += 1;
    else if (row.some(Boolean)) passed += 1;
  }
  return { pairs: [...found], left, passed, isNamed: true };
}

// Names in a line above their values, as lines of a name and a value; null if several lines of values follow.
function transposed(rows, index) {
  const [head, ...others] = rows.filter((row) => row.some(Boolean));
  const names = head.filter(Boolean);
  if (names.length < 2 || !names.every((cell) => isName(cell, index))) return rows;
  if (others.length !== 1) return others.some((row) => row.some((cell) => isName(cell, index))) ? rows : null;
  return head.map((name, k) => [name, others[0][k] ?? ""]);
}

// The fields named in a line, with the single value next to each; null if ambiguous.
function valuesOf(row, index) {
  const names = row.map((cell, k) => (isName(cell, index) ? k : -1)).filter((k) => k >= 0);
  const found = [];
  for (const [place, k] of names.entries()) {
    const until = names[place + 1] ?? row.length;
    const after = row.slice(k + 1, until).filter(Boolean);
    const beside = after.length || names.length > 1 ? after : row.slice(0, k).filter(Boolean);
    const values = beside.length > 1 ? beside.filter(isNumber) : beside;
    if (values.length > 1 || (beside.length > 1 && !values.length)) return null;
    if (values.length) found.push([fieldOf(row[k], index), values[0]]);
  }
  return found;
}

function byPosition(typed, fields, start) {
  const { line, isNumber: isAsked } = fields[start];
  const heads = headings(typed, fields[start]);
  const body = typed.slice(heads);
  const isHead = body[0].map((_, k) => isAsked && (k === 0 || line === undefined) && isHeadingColumn(body, k));
  const rows = body.map((row) => row.filter((_, k) => !isHead[k]));
  const pairs = line === undefined || rows.length === 1 ? inOrder(rows, start, fields) : inTable(rows, start, fields);
  const values = pairs.filter(([, text]) => text);
  return { pairs: values, left: values.filter(([field]) => field === null).length, passed: heads + isHead.filter(Boolean).length };
}

// The number of heading lines: words or names above numbers.
function headings(rows, field) {
  const first = rows.findIndex((row) => !row.filter(Boolean).every(isHeading) || !row.some(Boolean));
  return field.isNumber && first > 0 && rows.slice(first).some((row) => row.some(isNumber)) ? first : 0;
}

function isHeading(cell) {
  const isWord = /^[^\p{N}]*\p{L}[^\p{N}]*$/u.test(cell) || /^[\p{L}∂\\][\p{L}\p{N}_ (){}\\∂/]*$/u.test(cell);
  return isWord && !PLACEHOLDER.test(cell) && unreadable(cell)?.[0] !== "number.not-finite";
}

// A column of words next to numbers that names no fields.
function isHeadingColumn(rows, k) {
  const cells = rows.map((row) => row[k]).filter(Boolean);
  return cells.length > 0 && cells.every(isHeading) && rows.some((row) => row.some(isNumber));
}

function isNumber(cell) {
  return cell !== "" && unreadable(cell) === null;
}

// Field by field; columns without values are skipped, but a blank in a single column or row keeps its place.
function inOrder(rows, start, fields) {
  const full = rows[0].map((_, k) => rows.length === 1 || rows.some((row) => row[k]));
  const cells = rows.flatMap((row) => row.filter((_, k) => full[k]));
  return cells.map((text, k) => [start + k < fields.length ? start + k : null, text]);
}

// A block keeps its shape.
function inTable(rows, start, fields) {
  const { line, column } = fields[start];
  const at = (down, across) => fields.findIndex((field) => field.line === line + down && field.column === column + across);
  return rows.flatMap((row, down) =>
    row.map((text, across) => [at(down, across), text]).map(([field, text]) => [field < 0 ? null : field, text]),
  );
}
