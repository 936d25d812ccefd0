// Sentences of the table that the page brings along, in its language, with their values put in.
export function sentence(templates, [key, values]) {
  return templates[key].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (many !== undefined) return value === 1 ? one : many;
    return Array.isArray(value) ? value.join(", ") : String(value);
  });
}
