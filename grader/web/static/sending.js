// Sends the form without leaving the page: once, with the progress of a file, and with everything kept if it fails.
export function sending(form, drafts, show) {
  const button = form.querySelector(".send button");
  const progress = form.querySelector("[data-progress]");
  for (const place of form.querySelectorAll("[data-file]")) size(place);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const files = [...form.querySelectorAll("input[type=file]")];
    if (files.some((file) => file.getAttribute("aria-invalid") === "true" && file.files.length)) return files[0].focus();
    drafts.pause();
    send(new FormData(form), files.some((file) => file.files.length));
  });
  // A page that comes back from the browser's history must be usable again.
  window.addEventListener("pageshow", ready);

  function send(answers, hasFile) {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far a file has come
    request.open("POST", form.action);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (event) => {
      progress.hidden = !hasFile;
      progress.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
    });
    request.addEventListener("load", () => outcome(request));
    for (const trouble of ["error", "timeout", "abort"]) request.addEventListener(trouble, () => failed("not-sent"));
    button.disabled = true;
    button.textContent = button.dataset.sending;
    request.send(form.enctype.startsWith("multipart") ? answers : new URLSearchParams(answers));
  }

  function outcome(request) {
    const page = request.response;
    const there = new URL(request.responseURL || location.href);
    if (there.pathname === new URL(form.dataset.signIn, location.href).pathname) return failed("signed-out");
    if (page?.querySelector("#submission") && request.status < 300) {
      drafts.sent();
      return show(page, there.href);
    }
    if (page?.querySelector("form[data-answers], [data-closed]")) return show(page, location.href);
    failed(request.status >= 500 && !page ? "not-sent" : "refused", page?.querySelector("main p")?.textContent);
  }

  function failed(why, text) {
    drafts.say(why, text);
    ready();
    form.querySelector("[data-draft-note]").scrollIntoView({ block: "nearest" });
  }

  function ready() {
    button.disabled = false;
    button.textContent = button.dataset.idle;
    progress.hidden = true;
  }
}

// The size of a file is said before it is sent, and one that is too large is not sent at all.
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
