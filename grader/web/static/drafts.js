// What is typed is kept: in this browser at once, on the server a moment later, so that it is found on any device.
// Of two tabs or devices the newer typing counts, and the page says so; what it replaced can be taken instead.
const QUIET = 800; // milliseconds without typing after which a draft is sent
const RETRY = 5000;

export function draftsOf(form) {
  const { key, draft: address } = form.dataset;
  const fields = [...form.querySelectorAll("input[data-field]")];
  const notes = form.querySelector("[data-draft-note]");
  const saved = form.querySelector("[data-saved-note]");
  const state = { known: form.dataset.saved, unsent: false, busy: false, timer: 0, over: false, other: null };

  const local = read();
  const hasProblems = Boolean(document.querySelector("[data-problems]"));
  if (!hasProblems && local && !local.sent && (!local.kept || fields.every((field) => field.value === "")) && differs(local.typed)) {
    fill(local.typed);
    say("local");
    if (!local.kept) soon(0);
  }

  form.addEventListener("input", () => {
    keep({ kept: false });
    soon(QUIET);
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", () => isWaiting() && soon(0));
  window.addEventListener("pagehide", () => isWaiting() && put({ keepalive: true }).catch(() => {}));
  form.querySelector("[data-take-other]")?.addEventListener("click", exchange);
  form.querySelector("[data-take-back]")?.addEventListener("click", exchange);

  return { say, sent, pause };

  // Once another page stands in place of this one, its form is no longer what is typed into.
  function isWaiting() {
    return state.unsent && !state.over && form.isConnected;
  }

  function typed() {
    return Object.fromEntries(fields.map((field) => [field.name, field.value]));
  }

  function differs(texts) {
    return fields.some((field) => (texts?.[field.name] ?? "") !== field.value);
  }

  function fill(texts) {
    for (const field of fields) field.value = texts?.[field.name] ?? "";
  }

  // The two versions change places; either is one click away.
  function exchange() {
    const here = typed();
    fill(state.other);
    state.other = here;
    say("");
    keep({ kept: false });
    soon(0);
  }

  function say(name, text) {
    let any = false;
    for (const note of notes.children) {
      note.hidden = note.dataset.says !== name;
      if (!note.hidden && text) note.textContent = text;
      any ||= !note.hidden;
    }
    notes.hidden = !any;
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // storage refused or not ours: the page works without it
    }
  }

  function keep(how) {
    try {
      localStorage.setItem(key, JSON.stringify({ typed: typed(), ...how }));
    } catch {
      // A full or forbidden storage costs the draft, never the answer.
    }
  }

  function soon(pause) {
    state.unsent = true;
    clearTimeout(state.timer);
    if (!state.over) state.timer = setTimeout(save, pause);
  }

  async function save() {
    if (!form.isConnected) return;
    if (state.busy) return soon(QUIET);
    state.busy = true;
    state.unsent = false;
    saved.textContent = saved.dataset.savingWord;
    try {
      await understood(await put({}));
    } catch {
      lost("offline");
    }
    state.busy = false;
  }

  function put(more) {
    const body = JSON.stringify({ answers: typed(), known: state.known || null });
    return fetch(address, { method: "PUT", headers: { "Content-Type": "application/json" }, body, redirect: "manual", ...more });
  }

  async function understood(reply) {
    if (reply.type === "opaqueredirect" || reply.status === 401) return lost("signed-out");
    if (reply.status >= 500) return lost("offline");
    saved.textContent = reply.ok ? saved.dataset.savedWord : "";
    if (!reply.ok || state.over) return;
    const { saved_at, replaced } = await reply.json();
    state.known = saved_at;
    if (!state.unsent) keep({ kept: true });
    if (replaced && differs(replaced)) {
      state.other = replaced;
      say("replaced");
    } else if (["offline", "signed-out"].includes(shown())) say("");
  }

  function shown() {
    return [...notes.children].find((note) => !note.hidden)?.dataset.says;
  }

  function lost(why) {
    saved.textContent = "";
    say(why);
    state.unsent = true;
    clearTimeout(state.timer);
    if (!state.over) state.timer = setTimeout(save, RETRY);
  }

  // Back on this page: has something newer been typed elsewhere?
  async function look() {
    if (document.hidden || state.unsent || state.busy || state.over || !form.isConnected) return;
    try {
      const reply = await fetch(address, { redirect: "manual" });
      if (!reply.ok) return;
      const { saved_at, answers } = await reply.json();
      if (!saved_at || saved_at === state.known || state.unsent) return;
      state.known = saved_at;
      if (!differs(answers)) return;
      state.other = typed();
      fill(answers);
      keep({ kept: true });
      say("newer");
    } catch {
      // not reachable just now: nothing is lost, the next save says so
    }
  }

  function pause() {
    clearTimeout(state.timer);
  }

  // The answers are stored: there is nothing left to keep.
  function sent() {
    state.over = true;
    pause();
    document.removeEventListener("visibilitychange", look);
    try {
      localStorage.removeItem(key);
    } catch {
      // no storage, no draft
    }
  }
}
