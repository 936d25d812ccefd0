// Submits the form without leaving the page: once, with the progress of a file, and without loss if it fails.
// Any response that is not the grader's (a proxy, a network's sign-in page, none) is reported, and submitting the
// same answers again counts once, because the form has a key.
const PATIENCE = 60000; // milliseconds for answers without a file

export function sending(form, drafts, show) {
  const button = form.querySelector(".send button");
  const progress = form.querySelector("[data-progress]");
  const note = form.querySelector("[data-not-sent]");
  for (const place of form.querySelectorAll("[data-file]")) size(place);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const files = [...form.querySelectorAll("input[type=file]")];
    if (files.some((file) => file.getAttribute("aria-invalid") === "true" && file.files.length)) return files[0].focus();
    button.disabled = true;
    button.textContent = button.dataset.sending;
    note.hidden = true;
    if (await drafts.settle()) send(new FormData(form), files.some((file) => file.files.length));
    else ready();
  });
  // A page that comes back from the browser's history must be usable again.
  window.addEventListener("pageshow", ready);

  function send(answers, hasFile) {
    const request = new XMLHttpRequest(); // fetch does not report upload progress
    request.open("POST", form.action);
    request.timeout = hasFile ? 0 : PATIENCE;
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (event) => {
      progress.hidden = !hasFile;
      progress.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
    });
    request.addEventListener("load", () => outcome(request));
    request.addEventListener("timeout", () => failed("late"));
    for (const trouble of ["error", "abort"]) request.addEventListener(trouble, () => failed("offline"));
    request.send(form.enctype.startsWith("multipart") ? answers : new URLSearchParams(answers));
  }

  function outcome(request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const there = new URL(request.responseURL || location.href);
    if (page.querySelector("#submission") && request.status < 300) {
      drafts.sent();
      return show(page, there.href);
    }
    if (page.querySelector("form[data-answers], [data-closed]")) return show(page, location.href);
    if (there.origin === location.origin && there.pathname.startsWith(form.dataset.stored)) {
      drafts.sent(); // stored; only the response was lost
      note.querySelector("[data-why=stored] a").href = there.href;
      return failed("stored");
    }
    failed(why(request, there, page), request, page.querySelector("[data-detail]")?.textContent);
  }

  function why({ status }, there, page) {
    if (status === 401 || there.pathname === new URL(form.dataset.signIn, location.href).pathname) return "signed-out";
    if (status === 413) return "large";
    if (status === 429) return "wait";
    if (status >= 500) return "busy";
    return page.querySelector("[data-detail]") ? "refused" : "strange";
  }

  function failed(reason, request, detail) {
    for (const one of note.querySelectorAll("[data-why]")) one.hidden = one.dataset.why !== reason;
    note.querySelector("[data-kept]").hidden = reason === "stored";
    const words = note.querySelector(`[data-why=${reason}]`);
    if (reason === "refused") words.textContent = detail;
    if (reason === "wait") words.textContent = words.dataset.text.replace("{seconds}", Number(request.getResponseHeader("Retry-After")) || 60);
    note.hidden = false;
    ready();
    note.focus(); // announced, and scrolled to
    if (reason !== "stored") drafts.resume();
  }

  function ready() {
    button.disabled = false;
    button.textContent = button.dataset.idle;
    progress.hidden = true;
  }
}

// Shows the size of a file before it is sent; one that is too large is not sent.
function size(place) {
  const input = place.querySelector("input");
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.className = "small";
  place.append(note);
  input.addEventListener("change", () => {
    const file = input.files[0];
    const most = Number(place.dataset.most);
    const isTooLarge = Boolean(file) && file.size > most;
    const words = isTooLarge ? place.dataset.tooLarge : place.dataset.size;
    note.textContent = file ? words.replace("{name}", file.name).replace("{size}", told(file.size)).replace("{most}", told(most)) : "";
    note.classList.toggle("problem", isTooLarge);
    input.toggleAttribute("aria-invalid", isTooLarge);
    if (isTooLarge) input.setAttribute("aria-invalid", "true");
  });
}

function told(bytes) {
  const [amount, unit] = bytes < 1 << 20 ? [bytes / 1024, "KiB"] : [bytes / (1 << 20), "MiB"];
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(amount)} ${unit}`;
}
