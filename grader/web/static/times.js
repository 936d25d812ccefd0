// Moments stand in the page as UTC; this writes them in the reader's own time zone.
const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

export function localise(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = local.format(new Date(time.dateTime));
  }
}

localise(document);
