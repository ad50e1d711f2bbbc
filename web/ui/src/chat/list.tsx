// The list of conversations: by date, with search; those that are archived by themselves.

import { useEffect } from "preact/hooks";
import type { Conversation } from "../api/types";
import { drawerOpen } from "../app/state";
import { words } from "../i18n";
import { href, route } from "../router/route";
import { Icon } from "../ui/icon";
import { Failure, IconButton } from "../ui/parts";
import { busy, cursor, isArchive, listed, listProblem, loadConversations, periodOf, showArchive, sought, type Period } from "./conversations";
import { ConversationMenu } from "./menu";
import { conversationId, startNew } from "./open";
import "./list.css";

const PERIODS: readonly Period[] = ["pinned", "today", "yesterday", "week", "older"];
const PAUSE_MS = 200;

let timer = 0;

function search(text: string): void {
  sought.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => void loadConversations(), PAUSE_MS);
}

function Entry({ conversation }: { conversation: Conversation }) {
  const isOpen = conversationId.value === conversation.id && ["chat", "documents"].includes(route.value.area);
  return (
    <li class={isOpen ? "open" : ""}>
      <a href={href("chat", [conversation.id])} aria-current={isOpen ? "page" : undefined} onClick={() => { drawerOpen.value = false; }}>
        {busy.value.has(conversation.id) && <span class="busy" aria-label={words.value.chat.generating} role="img" />}
        {conversation.title}
      </a>
      <ConversationMenu conversation={conversation} />
    </li>
  );
}

export function ConversationList() {
  const w = words.value.chat;
  useEffect(() => { void loadConversations(); }, []);
  const now = Date.now();
  const groups = PERIODS.map((period) => ({ period, entries: listed.value.filter((one) => periodOf(one, now) === period) }));
  return (
    <>
      <div class="list-head">
        <button type="button" class="new" onClick={startNew}><Icon name="add" />{w.newChat}</button>
        <div class="find">
          <input id="find-conversation" type="search" aria-label={w.search} placeholder={w.search} value={sought.value}
            onInput={(event) => search(event.currentTarget.value)} />
          <IconButton icon="archive" label={w.archived} pressed={isArchive.value} onClick={() => showArchive(!isArchive.value)} />
        </div>
      </div>
      <nav class="conversations" aria-label={isArchive.value ? w.archived : w.conversations}>
        {isArchive.value && <p class="quiet">{w.archivedHint}</p>}
        <Failure problem={listProblem.value} retry={() => void loadConversations()} />
        {sought.value && !listed.value.length && <p class="quiet">{w.noneFound}</p>}
        {groups.filter(({ entries }) => entries.length).map(({ period, entries }) => (
          <section key={period}>
            <h2>{w[period]}</h2>
            <ul>{entries.map((one) => <Entry key={one.id} conversation={one} />)}</ul>
          </section>
        ))}
        {cursor.value && <button type="button" onClick={() => void loadConversations(true)}>{words.value.shell.more}</button>}
      </nav>
    </>
  );
}
