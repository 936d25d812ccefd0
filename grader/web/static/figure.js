// The focused field highlights its node or weight; a click on a node or weight focuses its first field.
export function figure(page) {
  page.addEventListener("focusin", (event) => light(page, spotOf(event.target)));
  page.addEventListener("mouseover", (event) => {
    if (!page.contains(document.activeElement) || !document.activeElement.matches("[data-field]")) light(page, spotOf(event.target));
  });
  page.addEventListener("click", (event) => {
    const fields = event.target.closest("[data-figure] [data-fields]")?.dataset.fields;
    if (fields) goTo(document.getElementById(`field-${fields.split(" ")[0]}`));
  });
}

function spotOf(element) {
  return element.closest("[data-at]")?.dataset.at ?? element.closest("[data-row]")?.dataset.row ?? element.closest("[data-spot]")?.dataset.spot;
}

function light(page, spot) {
  for (const lit of page.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!spot) return;
  for (const part of page.querySelectorAll(`[data-spot="${spot}"], [data-row="${spot}"], tr[data-at="${spot}"]`)) part.classList.add("lit");
}

function goTo(place) {
  if (!place) return;
  if (!place.matches("input")) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}
