// Questions and answers.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { mayWriteEverywhere } from "../api/session";
import type { Collection } from "../api/types";
import { words } from "../i18n";
import { count } from "../i18n/format";
import { href, route } from "../router/route";
import { Icon } from "../ui/icon";
import { State } from "../ui/parts";
import { collections, loadCollections } from "./choices";
import { isChosen, toggle } from "./scope";
import { CitationCard } from "./chip";
import { Composer } from "./composer";
import { isChoosing, NarrowSheet } from "./narrowed";
import { conversationId, loading, loadProblem, open, showEmpty, shown } from "./open";
import { useEnd } from "./scroll";
import { TurnArticle } from "./turn";
import type { TurnView } from "./turns";
import "./chat.css";

/** How many collections are offered where nothing has been asked yet. */
const OFFERED = 8;

/** What there is to ask about; one or several can be chosen, as in the field below. */
function Scopes({ known }: { known: readonly Collection[] }) {
  const filled = known.filter(({ documents }) => documents > 0);
  if (filled.length < 2) return null;
  return (
    <div class="scopes" role="group" aria-label={words.value.library.collections}>
      {filled.slice(0, OFFERED).map(({ id, name }) => (
        <button key={id} type="button" aria-pressed={isChosen(id)} onClick={() => toggle(id)}>{name}</button>
      ))}
    </div>
  );
}

function Welcome() {
  const w = words.value.chat;
  const known = collections.value;
  if (!known) return null;
  const total = (key: "documents" | "chunks") => known.reduce((sum, collection) => sum + collection[key], 0);
  if (total("documents") > 0) {
    return (
      <section class="welcome">
        <h1>{w.welcomeTitle}</h1><p>{w.welcomeText}</p>
        <Scopes known={known} />
        <p class="quiet">{w.holdings(count(total("documents")), count(total("chunks")))}</p>
      </section>
    );
  }
  const may = mayWriteEverywhere.value;
  return (
    <section class="welcome">
      <h1>{w.emptyTitle}</h1><p>{may ? w.emptyWrite : w.emptyRead}</p>
      {may && <a class="button primary" href={href("library")}>{w.toLibrary}</a>}
    </section>
  );
}

const drawn = new WeakMap<TurnView, VNode>();

/** Returns what is drawn of a turn: the same while the turn is, so that only what changes is drawn again. */
function article(turn: TurnView): VNode {
  const known = drawn.get(turn);
  if (known) return known;
  const made = <TurnArticle key={`${turn.parentId}/${turn.id}`} turn={turn} />;
  drawn.set(turn, made);
  return made;
}

export function ChatArea() {
  const { area, parts } = route.value;
  const id = area === "chat" ? parts[0] ?? null : conversationId.value;
  const content = useRef<HTMLDivElement>(null);
  const { isAway, toEnd } = useEnd(content, id ?? "");
  useEffect(() => {
    if (area !== "chat") return;
    if (id) void open(id);
    else if (conversationId.value) showEmpty();
  }, [area, id]);
  useEffect(() => { void loadCollections().catch(() => undefined); }, []);
  return (
    <div class="chat">
      <div ref={content} class="turns">
        <h1 class="visually-hidden">{words.value.shell.chat}</h1>
        {loadProblem.value && <State loading={false} problem={loadProblem.value} reload={() => { if (id) void open(id); }} />}
        {loading.value && !shown.value.length && <State loading problem={null} reload={() => undefined} />}
        {!id && !shown.value.length && <Welcome />}
        {shown.value.map(article)}
      </div>
      <div class="dock">
        {isAway && <button type="button" class="latest" onClick={toEnd}><Icon name="down" />{words.value.chat.latest}</button>}
        <Composer />
      </div>
      <CitationCard />
      {isChoosing.value && <NarrowSheet />}
    </div>
  );
}
