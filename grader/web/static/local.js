// What this browser keeps of a form: by field the text, the text of the draft that it was changed from, and, where two
// tabs have typed into one field while the server was away, the other tab's text.
export function localCopy(key) {
  let mine = {}; // what this tab has written

  return { open, read, write, clear };

  // What was left when the page was last closed is this tab's now.
  function open() {
    const fields = read();
    mine = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.text]));
    return fields;
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key))?.fields ?? {};
    } catch {
      return {}; // storage refused, or not ours: the page works without it
    }
  }

  // Takes [name, text, base] of every field that the server does not have yet; what other tabs keep stays.
  function write(changed) {
    const fields = read();
    for (const name of Object.keys(mine)) if (fields[name]?.text === mine[name]) delete fields[name];
    mine = {};
    for (const [name, text, base] of changed) {
      const other = fields[name] && fields[name].text !== text ? { other: fields[name].text } : {};
      fields[name] = { text, base, ...other };
      mine[name] = text;
    }
    store(fields);
  }

  function store(fields) {
    try {
      if (Object.keys(fields).length) localStorage.setItem(key, JSON.stringify({ fields }));
      else localStorage.removeItem(key);
    } catch {
      // A full or forbidden storage costs the draft, never the answer.
    }
  }

  function clear() {
    try {
      localStorage.removeItem(key);
    } catch {
      // no storage, no draft
    }
  }
}
