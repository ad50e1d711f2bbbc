// The reader: shows a passage where it stands in the document's stored text.

import { contentUrl, documentText } from "./api.js";
import { element, unitsBefore } from "./dom.js";
import { words } from "./words.js";

/** How much text is shown on either side of the passage, in UTF-16 units. */
const AROUND = 20000;

const reader = document.getElementById("reader");

let opener = null;
let opened = 0;

/** Returns the headings and the page of a passage; the title is not said twice. */
function below({ document, heading, page }) {
  const headings = heading[0] === document.title ? heading.slice(1) : heading;
  return [...headings, page ? words.page(page) : null].filter(Boolean).join(" › ");
}

/** Returns where a passage stands, as people say it. */
export function place(passage) {
  const place = below(passage);
  return place ? `${passage.document.title} · ${place}` : passage.document.title;
}

/** Closes the reader and gives the focus back to what opened it. */
export function close() {
  if (reader.hidden) return;
  reader.hidden = true;
  reader.replaceChildren();
  document.body.classList.remove("reading");
  opener?.focus();
}

/** Opens a passage; `cited` is the quote that must stand there, if there is one. */
export async function open({ document: source, heading, page, range, cited }) {
  opener = document.activeElement;
  opened += 1;
  const mine = opened;
  const body = element("div", { className: "text" }, words.loading);
  const head = element("header", {},
    element("h2", {}, source.title),
    element("button", { type: "button", className: "close", onclick: close, ariaLabel: words.close }, "×"));
  const where = element("p", { className: "where" }, below({ document: source, heading, page }));
  const download = element("a", { href: contentUrl(source.id, source.version), download: "" }, words.original);
  reader.replaceChildren(head, where, body, element("footer", {}, download));
  reader.setAttribute("aria-label", source.title);
  reader.hidden = false;
  document.body.classList.add("reading");
  reader.focus();
  try {
    const { text } = await documentText(source.id, source.version);
    if (mine === opened) show(body, text, range, cited);
  } catch (error) {
    if (mine === opened) body.replaceChildren(`${words.unreadable} ${error.message}`);
  }
}

/** Shows the text around the passage, with the passage marked. */
function show(body, text, range, cited) {
  const start = unitsBefore(text, range.start);
  const end = start + unitsBefore(text.slice(start), range.end - range.start);
  const passage = text.slice(start, end);
  const from = Math.max(0, text.lastIndexOf("\n", start - AROUND));
  const to = end + AROUND;
  const mark = element("mark", { tabIndex: -1 }, passage);
  body.replaceChildren(from > 0 ? "…" : "", text.slice(from, start), mark, text.slice(end, to), to < text.length ? "…" : "");
  if (cited !== undefined) {
    const stands = passage === cited;
    const verdict = element("p", { className: stands ? "verdict" : "verdict wrong" }, stands ? words.verified : words.changed);
    body.before(verdict);
  }
  mark.scrollIntoView({ block: "center" });
}

reader.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
