// One question with its answer: the streamed text, the footnotes, and every other outcome.

import * as api from "./api.js";
import { element, slice } from "./dom.js";
import { open, place } from "./reader.js";
import { words } from "./words.js";

/** A marker of a footnote. */
const MARKER = /\[\^(\d+)\]/;

/** How many passages are shown when the documents do not answer. */
const CLOSEST = 3;

/** Asks a question below a heading of its own and shows what comes. */
export class Answer {
  constructor(question, collection, announce) {
    this.question = question;
    this.collection = collection;
    this.announce = announce;
    this.text = element("div", { className: "prose" });
    this.progress = element("p", { className: "progress" });
    this.notes = element("div", { className: "notes" });
    this.node = element("article", {}, element("h2", {}, question), this.progress, this.text, this.notes);
  }

  /** Starts; resolves when the answer has ended. */
  start() {
    this.citations = new Map();
    this.sources = [];
    this.say(words.searching);
    return new Promise((resolve) => {
      this.end = resolve;
      api.ask(this.question, this.collection, (name, data) => this.hear(name, data))
        .then((id) => { this.id = id; })
        .catch((error) => this.fail(error.message, error.requestId));
    });
  }

  /** Stops. */
  stop() {
    if (this.id) api.stop(this.id);
  }

  /** Takes one event. */
  hear(name, data) {
    switch (name) {
      case "answer.queued": this.say(words.queued(data.position)); break;
      case "retrieval.completed":
        this.sources = data.sources;
        this.say(words.writing(data.sources.length));
        break;
      case "citation.added": this.citations.set(data.n, data); break;
      case "text.delta": this.append(this.text, data.delta); break;
      case "answer.completed": this.complete(data); break;
      case "answer.failed": this.fail(data.detail, data.instance); break;
      case "lost": this.fail(words.lost); break;
      default: break;
    }
  }

  /** Shows what is being done. */
  say(text) {
    this.progress.textContent = text;
    this.progress.hidden = text === "";
    if (text) this.announce(text);
  }

  /** Appends text to a node, its markers as buttons. */
  append(node, text) {
    text.split(MARKER).forEach((part, index) => {
      if (index % 2 === 1) node.append(this.chip(Number(part)));
      else if (part) node.append(part);
    });
  }

  /** Makes the button of a footnote. */
  chip(n) {
    const citation = this.citations.get(n);
    const state = citation?.support.state ?? "exact";
    return element("button", {
      type: "button",
      className: `chip ${state}`,
      title: citation ? `${citation.document.title}: “${citation.cited_text}”` : "",
      ariaLabel: `${words.footnote(n)}, ${words[state]}`,
      onclick: () => this.openCitation(n),
    }, String(n));
  }

  openCitation(n) {
    const citation = this.citations.get(n);
    if (citation) open({ ...citation, range: citation.source_range, cited: citation.cited_text, page: pageOf(citation) });
  }

  /** Shows the whole answer; what counts if it differs from the pieces. */
  complete(answer) {
    this.say("");
    this.citations = new Map(answer.citations.map((citation) => [citation.n, citation]));
    this.sources = answer.sources;
    this.text.replaceChildren(...this.prose(answer));
    const noAnswer = answer.finish_reason === "no_answer";
    this.node.classList.toggle("no-answer", noAnswer);
    this.notes.replaceChildren(...(noAnswer ? this.closest() : this.footnotes(answer)));
    this.announce(noAnswer ? words.noAnswer : words.done(answer.citations.length));
    this.end();
  }

  /** Returns the answer's text as nodes, sentences without support marked. */
  prose(answer) {
    if (answer.finish_reason === "no_answer") return [element("p", { className: "verdict" }, words.noAnswer)];
    const nodes = [];
    let at = 0;
    const plain = (start, end) => {
      const span = element("span");
      this.append(span, slice(answer.text, { start, end }));
      nodes.push(span);
    };
    for (const { range, support } of answer.sentences) {
      if (support.state !== "unsupported" || range.start < at) continue;
      plain(at, range.start);
      nodes.push(element("span", { className: "unsupported", title: words.unsupportedHint },
        slice(answer.text, range), element("span", { className: "flag" }, words.unsupported)));
      at = range.end;
    }
    plain(at, Infinity);
    const notes = { cancelled: words.cancelled, length: words.cut };
    const note = notes[answer.finish_reason];
    return note ? [...nodes, element("p", { className: "progress" }, note)] : nodes;
  }

  /** Returns the list of footnotes and how the answer came about. */
  footnotes(answer) {
    const items = answer.citations.map((citation) => element("li", { className: citation.support.state },
      element("button", { type: "button", className: "footnote", onclick: () => this.openCitation(citation.n) },
        element("span", { className: "number" }, String(citation.n)),
        element("span", { className: "quote" }, `“${citation.cited_text}”`),
        element("span", { className: "where" }, place({ ...citation, page: pageOf(citation) }),
          element("span", { className: "support" }, words[citation.support.state])))));
    const how = answer.mode === "quote" || !answer.model ? words.quoted : words.written(answer.model);
    const origin = element("p", { className: "origin" }, `${how} · ${words.seconds(answer.timings_ms.total)}`);
    return items.length ? [element("ol", { ariaLabel: words.footnotes }, ...items), origin] : [origin];
  }

  /** Returns the closest passages, for a question that the documents do not answer. */
  closest() {
    if (!this.sources.length) return [];
    const items = this.sources.slice(0, CLOSEST).map((source) => element("li", {},
      element("button", { type: "button", className: "footnote passage", onclick: () => open(source) },
        element("span", { className: "where" }, place(source)))));
    return [element("p", { className: "origin" }, words.closest), element("ul", {}, ...items)];
  }

  /** Shows that it went wrong, with a way to try again. */
  fail(detail, requestId) {
    this.say("");
    const again = element("button", { type: "button", onclick: () => { this.notes.replaceChildren(); this.text.replaceChildren(); this.start(); } }, words.retry);
    this.notes.replaceChildren(element("div", { className: "failure", role: "alert" },
      element("p", {}, words.failed(detail)),
      requestId ? element("p", { className: "origin" }, requestId) : null, again));
    this.end();
  }
}

/** Returns the page of a citation, if its format has pages. */
function pageOf(citation) {
  return citation.locations[0]?.page;
}
