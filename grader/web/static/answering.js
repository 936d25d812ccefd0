// The form of an exercise, loaded only if there is one: a report does not need it.
import { draftsOf } from "./drafts.js";
import { sending } from "./sending.js";

export function answering(form, show) {
  const drafts = draftsOf(form);
  sending(form, drafts, show);
  import("./reading.js").then(({ reading }) => reading(form));
}
