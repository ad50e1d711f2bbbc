// What can be done with a conversation: rename, pin, archive, export, delete.

import { useState } from "preact/hooks";
import { all } from "../api/client";
import type { Conversation, Turn } from "../api/types";
import { words } from "../i18n";
import { confirmed, Dialog } from "../ui/dialog";
import { useDoing } from "../ui/load";
import { Failure, Field, IconButton } from "../ui/parts";
import { download, notify } from "../ui/status";
import { patchConversation, removeConversation } from "./conversations";
import { asMarkdown } from "./export";
import { leftOut } from "./narrowed";
import { chosen, conversationId, startNew } from "./open";
import { branch, fromServer } from "./turns";

async function exported({ id, title }: Conversation): Promise<void> {
  const turns = await all("/api/v1/conversations/{id}/turns", { path: { id } }) as unknown as Turn[];
  const path = branch(turns.map(fromServer), conversationId.value === id ? chosen.value : {});
  const name = title.replace(/[\\/:*?"<>|\s]+/g, "-").slice(0, 60);
  download(`${name || "footnote"}.md`, asMarkdown(title, path, document.baseURI, leftOut), "text/markdown;charset=utf-8");
}

async function removed({ id, title }: Conversation): Promise<void> {
  const w = words.value.chat;
  if (!await confirmed(w.removeAsk(title), w.remove)) return;
  await removeConversation(id);
  if (conversationId.value === id) startNew();
}

/** Puts a conversation out of the way, where it stays readable, or takes it back. */
async function archived({ id, archived: was }: Conversation): Promise<void> {
  await patchConversation(id, { archived: !was });
  if (!was && conversationId.value === id) startNew();
  notify(was ? words.value.chat.takenBack : words.value.chat.isArchived);
}

export function ConversationMenu({ conversation }: { conversation: Conversation }) {
  const w = words.value.chat;
  const [isOpen, setOpen] = useState(false);
  const [title, setTitle] = useState(conversation.title);
  const { busy, problem, run } = useDoing();
  const close = () => setOpen(false);
  const doing = (work: () => Promise<void>) => void run(work).then((isDone) => isDone && close());
  const rename = (event: Event) => {
    event.preventDefault();
    doing(() => patchConversation(conversation.id, { title }));
  };
  return (
    <>
      <IconButton icon="more" class="more" label={w.actions(conversation.title)} onClick={() => { setTitle(conversation.title); setOpen(true); }} />
      {isOpen && (
        <Dialog title={conversation.title} onClose={close}>
          <form onSubmit={rename}>
            <Field label={w.title}>
              <input value={title} maxLength={200} required onInput={(event) => setTitle(event.currentTarget.value)} />
            </Field>
            <div class="actions">
              <button class="primary" disabled={busy}>{w.rename}</button>
              <button type="button" disabled={busy} onClick={() => doing(() => patchConversation(conversation.id, { pinned: !conversation.pinned }))}>
                {conversation.pinned ? w.unpin : w.pin}
              </button>
              <button type="button" disabled={busy} onClick={() => doing(() => archived(conversation))}>
                {conversation.archived ? w.takeBack : w.archive}
              </button>
              <button type="button" disabled={busy} onClick={() => doing(() => exported(conversation))}>{w.export}</button>
              <button type="button" class="danger" disabled={busy} onClick={() => { close(); void run(() => removed(conversation)); }}>{w.remove}</button>
            </div>
            <Failure problem={problem} />
          </form>
        </Dialog>
      )}
    </>
  );
}
