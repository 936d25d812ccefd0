// Messages from the page's table, in its language, with their values inserted.
export function sentence(templates, [key, values]) {
  return templates[key].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (many !== undefined) return value === 1 ? one : many;
    return Array.isArray(value) ? value.join(", ") : String(value);
  });
}
