// Asks for a page again, and knows the grader's answer from a proxy's, a network's, or half of one.
// Resolves to { page, etag } where it is new, { same: true }, { gone: true } where one is signed out,
// or { away: true, wait } (milliseconds that were asked for, if any).
export async function ask(address, etag, part) {
  try {
    const reply = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "manual" });
    if (reply.type === "opaqueredirect" || reply.status === 401) return { gone: true };
    if (reply.status === 304) return { same: true };
    if (!reply.ok) return { away: true, wait: Number(reply.headers.get("Retry-After")) * 1000 || 0 };
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    return page.querySelector(part) ? { page, etag: reply.headers.get("ETag") ?? "" } : { away: true, wait: 0 };
  } catch {
    return { away: true, wait: 0 }; // offline, or broken off in the middle
  }
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// A page that nobody looks at does not ask. Resolves to true where it had to wait until somebody looks again.
export function seen() {
  if (!document.hidden) return false;
  return new Promise((resolve) => document.addEventListener("visibilitychange", () => resolve(true), { once: true }));
}
