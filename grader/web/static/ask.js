// Requests a page again, and distinguishes the grader's response from a proxy's, a network's, or a truncated one.
// Resolves to { page, etag } if it is new, { same: true }, { gone: true } if signed out,
// or { away: true, wait } (requested milliseconds, if any).
export async function ask(address, etag, part) {
  try {
    const reply = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "manual" });
    if (reply.type === "opaqueredirect" || reply.status === 401) return { gone: true };
    if (reply.status === 304) return { same: true };
    if (!reply.ok) return { away: true, wait: Number(reply.headers.get("Retry-After")) * 1000 || 0 };
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    return page.querySelector(part) ? { page, etag: reply.headers.get("ETag") ?? "" } : { away: true, wait: 0 };
  } catch {
    return { away: true, wait: 0 }; // offline, or interrupted
  }
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// A hidden page does not poll. Resolves to true if it had to wait until the page became visible.
export function seen() {
  if (!document.hidden) return false;
  return new Promise((resolve) => document.addEventListener("visibilitychange", () => resolve(true), { once: true }));
}
