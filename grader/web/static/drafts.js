// Saves typed answers: in this browser immediately, on the server a moment later, for all devices.
// Several tabs and devices are merged field by field; if both have changed a field, the person chooses.
import { localCopy } from "./local.js";

const QUIET = 800; // milliseconds without typing after which a draft is sent
const RETRY = [5000, 10000, 20000, 40000, 60000];
const SETTLING = 4000;

export function draftsOf(form) {
  const { draft: address } = form.dataset;
  const fields = [...form.querySelectorAll("input[data-field]")];
  const notes = form.querySelector("[data-draft-note]");
  const saved = form.querySelector("[data-saved-note]");
  const aloud = form.querySelector("[data-aloud]");
  const local = localCopy(form.dataset.key);
  const hasDraft = Boolean(form.dataset.saved);
  // The draft when this tab was last in sync with it; a field that differs from it was changed here.
  const base = Object.fromEntries(fields.map((field) => [field.name, hasDraft ? field.defaultValue : ""]));
  const conflicts = {};
  const state = { known: form.dataset.saved, unsent: false, failures: 0, timer: 0, over: false, saving: null };

  bringBack();
  if (!state.unsent && fields.some((field) => field.value !== field.defaultValue)) begin(); // typed before this ran
  form.addEventListener("input", begin);
  form.addEventListener("click", (event) => choose(event.target.closest("[data-choose]")));
  document.addEventListener("visibilitychange", look);
  window.addEventListener("storage", heard);
  window.addEventListener("online", () => isWaiting() && soon(0));
  window.addEventListener("pagehide", () => isWaiting() && put({ keepalive: true }).catch(() => {}));

  return { sent, settle, resume: () => soon(QUIET) };

  // Once another page has replaced this one, its form is no longer in use.
  function isWaiting() {
    return state.unsent && !state.over && form.isConnected;
  }

  function typed() {
    return Object.fromEntries(fields.map((field) => [field.name, field.value]));
  }

  function changed() {
    return Object.fromEntries(fields.filter((field) => field.value !== base[field.name]).map((field) => [field.name, base[field.name]]));
  }

  // Answers that only this browser saved when the page was left: it was offline, or closed too soon.
  function bringBack() {
    if (document.querySelector("[data-problems]")) return soon(0); // shown again with the submitted answers, which are newer
    const left = local.open();
    let any = false;
    for (const field of fields) {
      const one = left[field.name];
      if (one === undefined || one.text === field.value) continue;
      any = true;
      if (one.other !== undefined) conflicts[field.name] = one.other;
      field.value = one.text;
      base[field.name] = one.base;
    }
    if (!any) return;
    say("local");
    ask();
    soon(0);
  }

  function begin() {
    keep();
    soon(QUIET);
  }

  function keep() {
    if (!state.over) local.write(fields.filter((field) => field.value !== base[field.name]).map((field) => [field.name, field.value, base[field.name]]));
  }

  // Another tab of this browser has changed fields: those unchanged here are updated, also offline.
  function heard(event) {
    if (event.key !== form.dataset.key || state.over || !form.isConnected) return;
    const theirs = local.read();
    let any = false;
    for (const field of fields) {
      const text = theirs[field.name]?.text;
      if (text === undefined || text === field.value || field.value !== base[field.name]) continue;
      field.value = text;
      any = true;
    }
    if (any) say("newer");
    soon(QUIET);
  }

  function say(name) {
    for (const note of notes.children) note.hidden = note.dataset.says !== name;
    notes.hidden = !name;
    const text = shown() === undefined ? "" : notes.querySelector(`[data-says=${name}] [data-words]`).textContent;
    if (aloud.textContent !== text) aloud.textContent = text;
  }

  function shown() {
    return [...notes.children].find((note) => !note.hidden)?.dataset.says;
  }

  function soon(pause) {
    state.unsent = true;
    clearTimeout(state.timer);
    if (!state.over) state.timer = setTimeout(save, pause);
  }

  function save() {
    if (!form.isConnected) return;
    if (state.saving) return soon(QUIET);
    state.saving = exchange({}).finally(() => (state.saving = null));
    return state.saving;
  }

  // Resolves to whether this tab and the server are in sync now.
  async function exchange(more) {
    state.unsent = false;
    saved.textContent = saved.dataset.savingWord;
    const before = typed();
    try {
      const reply = await put(more);
      if (reply.type === "opaqueredirect" || reply.status === 401) return lost("signed-out", reply);
      if (!reply.ok) return lost("offline", reply);
      return agreed(before, await reply.json());
    } catch {
      return lost("offline"); // not reached, no response in time, or a response that is not the grader's
    }
  }

  function put(more) {
    const body = JSON.stringify({ answers: typed(), base: changed() });
    return fetch(address, { method: "PUT", headers: { "Content-Type": "application/json" }, body, redirect: "manual", ...more });
  }

  function agreed(before, { saved_at: at, answers, conflicts: theirs }) {
    if (!at || !answers || !theirs) return lost("offline");
    state.known = at;
    state.failures = 0;
    saved.textContent = saved.dataset.savedWord;
    const isNew = take(before, answers, theirs);
    keep();
    if (Object.keys(conflicts).length) return ask();
    if (isNew) say("newer");
    else if (["offline", "signed-out", "conflict"].includes(shown())) say("");
    return !isNew;
  }

  function take(before, answers, theirs) {
    let isNew = false;
    for (const field of fields) {
      const { name } = field;
      delete conflicts[name];
      if (name in theirs) conflicts[name] = theirs[name];
      else {
        const text = answers[name] ?? "";
        const isSame = text.trim() === before[name].trim();
        if (!isSame && field.value === before[name]) {
          field.value = text;
          isNew = true;
        }
        if (isSame || field.value === text) base[name] = isSame ? before[name] : text;
      }
    }
    return isNew;
  }

  // Shows both texts of every field that was changed here and elsewhere.
  function ask() {
    const list = notes.querySelector("[data-conflicts]");
    const names = Object.keys(conflicts);
    if (!names.length) return true;
    const lines = names.map((name) => {
      const line = notes.querySelector("template").content.cloneNode(true);
      const link = line.querySelector("a");
      link.href = `#field-${name}`;
      link.textContent = name.replaceAll("_", " ");
      for (const [who, text] of [["here", form.elements[name].value], ["there", conflicts[name]]]) {
        const button = line.querySelector(`[data-choose=${who}]`);
        button.dataset.field = name;
        button.querySelector("b").textContent = text || button.dataset.blank;
      }
      return line;
    });
    list.replaceChildren(...lines);
    say("conflict");
    return false;
  }

  function choose(button) {
    if (!button) return;
    const { field: name, choose: who } = button.dataset;
    if (!(name in conflicts)) return;
    base[name] = conflicts[name];
    if (who === "there") form.elements[name].value = conflicts[name];
    delete conflicts[name];
    if (ask()) say("");
    keep();
    soon(0);
    form.elements[name].focus();
  }

  function lost(why, reply) {
    saved.textContent = "";
    if (shown() !== "conflict") say(why);
    const wait = Number(reply?.headers.get("Retry-After")) * 1000 || RETRY[Math.min(state.failures++, RETRY.length - 1)];
    soon(wait);
    return false;
  }

  // The page is visible again: is there a newer draft?
  function look() {
    if (!document.hidden && !state.unsent && !state.saving && !state.over && form.isConnected) fresh().catch(() => {}); // the next save reports errors
  }

  async function fresh() {
    const before = typed();
    const reply = await fetch(address, { redirect: "manual" });
    if (!reply.ok) return;
    const { saved_at: at, answers } = await reply.json();
    if (!at || at === state.known || state.unsent) return;
    if (Object.keys(changed()).length) return soon(0); // merged by the server
    state.known = at;
    if (take(before, answers, {})) say("newer");
  }

  // Before answers are submitted: merge other tabs' changes, or ask the person. Resolves to whether this is settled;
  // if the server does not respond, it is not settled, but submitting is not blocked.
  async function settle() {
    pause();
    await state.saving;
    const isAgreed = await exchange({ signal: AbortSignal.timeout(SETTLING) });
    pause();
    if (isAgreed || !["conflict", "newer"].includes(shown())) return true;
    notes.scrollIntoView({ block: "nearest" });
    return false;
  }

  function pause() {
    clearTimeout(state.timer);
  }

  // The answers are submitted: delete the draft.
  function sent() {
    state.over = true;
    pause();
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("storage", heard);
    local.clear();
  }
}
