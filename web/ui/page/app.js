// The page: a question box, the answers, and the reader beside them.

import { Answer } from "./answer.js";
import { collections, documentInfo } from "./api.js";
import { element } from "./dom.js";
import { close, open } from "./reader.js";
import { language, words } from "./words.js";

const form = document.getElementById("ask");
const question = document.getElementById("question");
const submit = document.getElementById("submit");
const select = document.getElementById("collection");
const answers = document.getElementById("answers");
const status = document.getElementById("status");
const welcome = document.getElementById("welcome");

let current = null;

function translate() {
  document.documentElement.lang = language;
  question.placeholder = words.placeholder;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
}

/** Grows the box with what is typed. */
function fit() {
  question.style.height = "auto";
  question.style.height = `${question.scrollHeight}px`;
}

async function ask(text) {
  close();
  welcome.hidden = true;
  current = new Answer(text, select.value, (said) => { status.textContent = said; });
  answers.prepend(current.node);
  submit.textContent = words.stop;
  form.classList.add("busy");
  await current.start();
  submit.textContent = words.ask;
  form.classList.remove("busy");
  current = null;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (current) {
    current.stop();
    return;
  }
  const text = question.value.trim();
  if (text) {
    question.value = "";
    fit();
    ask(text);
  }
});

question.addEventListener("input", fit);
question.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  if (!current) form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === "/" && !event.target.closest("textarea, select, input")) {
    event.preventDefault();
    question.focus();
  }
});

/** Fills the choice of collections and says what there is to search. */
async function load() {
  select.append(element("option", { value: "" }, words.everywhere));
  const found = await collections();
  select.append(...found.map(({ id, name }) => element("option", { value: id }, name)));
  const total = (key) => found.reduce((sum, collection) => sum + collection[key], 0);
  const nothing = total("documents") === 0;
  welcome.replaceChildren(
    element("h2", {}, nothing ? words.emptyTitle : words.welcomeTitle),
    element("p", {}, nothing ? words.emptyText : words.welcomeText),
    nothing
      ? element("pre", {}, "footnote ingest ./docs")
      : element("p", { className: "origin" }, words.holdings(total("documents"), total("chunks"))));
  welcome.hidden = answers.hasChildNodes();
}

/** Opens the passage that the address names, as links from other programs do. */
async function openLinked() {
  const link = /^#documents\/([^?]+)\?(.*)$/.exec(location.hash);
  if (!link) return;
  const params = new URLSearchParams(link[2]);
  const { id, title, version } = await documentInfo(link[1]);
  const number = (name) => Number(params.get(name) ?? 0);
  const range = { start: number("start"), end: number("end") };
  const source = { id, title, version: params.get("version") ?? version };
  await open({ document: source, heading: [], page: params.get("page"), range });
}

const follow = () => openLinked().catch((error) => { status.textContent = error.message; });
window.addEventListener("hashchange", follow);
translate();
follow();
load().catch((error) => {
  welcome.replaceChildren(element("p", { className: "failure", role: "alert" }, error.message));
  welcome.hidden = false;
});
