// The grammar of formulas: sums of products of powers. Finds only what the parser rejects.
const DEEPEST = 60;
const LARGEST_EXPONENT = 20;
const UNCLEAR = ["formula.unclear", {}];
const VALUES = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "**": (a, b) => a ** b,
  exp: Math.exp,
  ln: Math.log,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  logistic: (a) => 1 / (1 + Math.exp(-a)),
  sigma: (a) => 1 / (1 + Math.exp(-a)),
  abs: Math.abs,
};

// Why words are not a formula; nothing if they are.
export function problemOf(words, isFunction, names) {
  let at = 0;
  const tree = sum();
  if (at < words.length) return UNCLEAR;
  if (depth(tree) >= DEEPEST) return ["formula.too-deep", { most: DEEPEST }];
  return misused(tree) ?? exponents(tree);

  function next(...texts) {
    const word = words[at];
    return word?.sort === "sign" && texts.includes(word.text) ? words[at++] : null;
  }

  function chain(part, ...signs) {
    let tree = part();
    for (let sign = next(...signs); sign; sign = next(...signs)) tree = { sign: sign.text, of: [tree, part()] };
    return tree;
  }

  function sum() {
    return chain(product, "+", "-");
  }

  function product() {
    return chain(signed, "*", "/");
  }

  function signed() {
    const sign = next("+", "-");
    return sign ? { sign: sign.text, of: [signed()] } : power();
  }

  function power() {
    const base = atom();
    return next("**") ? { sign: "**", of: [base, signed()] } : base;
  }

  function atom() {
    const word = words[at++];
    if (word?.sort === "number") return { value: word.text, of: [] };
    if (word?.sort === "open") return inner();
    if (word?.sort !== "name") throw UNCLEAR;
    if (words[at]?.sort !== "open" || !isFunction(word)) return { name: word.text, isBare: isFunction(word), of: [] };
    at += 1;
    return { call: word.text, of: [{ of: [] }, inner()] };
  }

  function inner() {
    if (words[at]?.sort === "close") return (at += 1), { isEmpty: true, of: [] };
    const tree = sum();
    if (words[at++]?.sort !== "close") throw UNCLEAR;
    return tree;
  }

  function isVariable(tree) {
    return tree.name !== undefined && (tree.name !== "e" || names.includes("e"));
  }

  function exponents(tree) {
    const found = tree.of.map(exponents).find(Boolean);
    if (found || tree.sign !== "**" || some(tree.of[1], isVariable)) return found ?? null;
    return Math.abs(valueOf(tree.of[1])) <= LARGEST_EXPONENT ? null : ["formula.exponent", { most: LARGEST_EXPONENT }];
  }
}

function depth(tree) {
  return Math.max(0, ...tree.of.map((one) => 1 + depth(one)));
}

function some(tree, test) {
  return test(tree) || tree.of.some((one) => some(one, test));
}

function misused(tree) {
  if (tree.isEmpty) return UNCLEAR;
  if (tree.isBare) return ["formula.bare-function", { name: tree.name }];
  return tree.of.map(misused).find(Boolean) ?? null;
}

function valueOf(tree) {
  if (tree.value !== undefined) return tree.value;
  if (tree.name !== undefined) return Math.E;
  if (tree.call) return VALUES[tree.call](valueOf(tree.of[1]));
  const values = tree.of.map(valueOf);
  return values.length === 1 ? (tree.sign === "-" ? -values[0] : values[0]) : VALUES[tree.sign](...values);
}
