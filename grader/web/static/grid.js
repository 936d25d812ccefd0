// The gradebook: sorts, searches and turns pages without loading the whole page again. Without scripts the same links
// and the same form do it.
const seek = document.querySelector("[data-seek]");
let asked = 0;
let timer = 0;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-grid] a.sort, [data-grid] .pages a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  turn(link.href, link.dataset.sort);
});

seek?.addEventListener("submit", (event) => {
  event.preventDefault();
  turn(address());
});
seek?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => turn(address()), 250);
});
addEventListener("popstate", () => location.reload());

function address() {
  const query = new URLSearchParams(new FormData(seek));
  for (const [name, value] of [...query]) if (!value || (name === "show" && value === "all")) query.delete(name);
  return `${location.pathname}?${query}`;
}

async function turn(href, column) {
  const mine = ++asked;
  const grid = document.querySelector("[data-grid]");
  grid.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(href, { redirect: "manual" });
    if (mine !== asked) return; // somebody has typed on
    if (response.status !== 200) return location.assign(href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = document.adoptNode(page.querySelector("[data-grid]"));
    grid.replaceWith(next);
    keep(page);
    history.replaceState(null, "", href);
    if (column) next.querySelector(`[data-sort="${CSS.escape(column)}"]`)?.focus();
  } catch {
    location.assign(href);
  }
}

// The form goes on with the order that is shown now.
function keep(page) {
  for (const old of seek.querySelectorAll("input[type=hidden]")) old.remove();
  for (const one of page.querySelectorAll("[data-seek] input[type=hidden]")) seek.append(document.adoptNode(one));
}
