// Formats the times on a page in the reader's time zone, else in the browser's own.
const { lang, dataset } = document.documentElement;
const local = formatIn(dataset.timeZone) ?? formatIn(undefined);

function formatIn(timeZone) {
  try {
    return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone });
  } catch {
    return null; // a zone unknown to this browser
  }
}

export function localise(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = local.format(new Date(time.dateTime));
  }
}

localise(document);
