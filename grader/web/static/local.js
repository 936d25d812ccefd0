// The form's content in this browser: by field the text, the text of the draft it was changed from, and, if two
// tabs have changed a field while the server was unavailable, the other tab's text.
export function localCopy(key) {
  let mine = {}; // written by this tab

  return { open, read, write, clear };

  // This tab takes over what was left when the page was last closed.
  function open() {
    const fields = read();
    mine = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.text]));
    return fields;
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key))?.fields ?? {};
    } catch {
      return {}; // no storage, or foreign content: the page works without it
    }
  }

  // Takes [name, text, base] of every field that the server does not have yet; keeps entries of other tabs.
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
      // Without storage the draft is lost, but never the answer.
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
