// The gradebook: sorts, searches and pages without reloading. Without scripts, the same links
// and the same form work.
import { ask } from "./ask.js";

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
  const found = await ask(href, "", "[data-grid]");
  if (mine !== asked) return; // superseded by another request
  if (found.gone) return location.assign(href);
  grid.removeAttribute("aria-busy");
  grid.querySelector("[data-away]").hidden = !found.away;
  if (!found.page) return;
  const next = document.adoptNode(found.page.querySelector("[data-grid]"));
  grid.replaceWith(next);
  keep(found.page);
  history.replaceState(null, "", href);
  if (column) next.querySelector(`[data-sort="${CSS.escape(column)}"]`)?.focus();
}

// The form keeps the current order.
function keep(page) {
  for (const old of seek.querySelectorAll("input[type=hidden]")) old.remove();
  for (const one of page.querySelectorAll("[data-seek] input[type=hidden]")) seek.append(document.adoptNode(one));
}
