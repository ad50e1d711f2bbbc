// How other programs are connected: lines to copy.

import { session } from "../api/session";
import { words } from "../i18n";
import { IconButton } from "../ui/parts";
import { copy } from "../ui/status";

const base = () => new URL("./", document.baseURI).href.replace(/\/$/, "");

function Snippet({ text }: { text: string }) {
  return (
    <div class="snippet">
      <pre tabIndex={0}>{text}</pre>
      <IconButton icon="copy" label={words.value.shell.copy} onClick={() => void copy(text)} />
    </div>
  );
}

function curl(needsKey: boolean): string {
  const key = needsKey ? " \\\n  -H \"Authorization: Bearer $FOOTNOTE_KEY\"" : "";
  return `curl ${base()}/v1/chat/completions -H 'Content-Type: application/json'${key} -d '{
  "model": "footnote",
  "messages": [{"role": "user", "content": "…"}]}'`;
}

function python(needsKey: boolean): string {
  return `from openai import OpenAI

client = OpenAI(base_url="${base()}/v1", api_key="${needsKey ? "fn_…" : "none"}")
answer = client.chat.completions.create(
    model="footnote", messages=[{"role": "user", "content": "…"}])
print(answer.choices[0].message.content)`;
}

function mcp(needsKey: boolean): string {
  const server = { url: `${base()}/mcp`, ...(needsKey ? { headers: { Authorization: "Bearer fn_…" } } : {}) };
  return JSON.stringify({ mcpServers: { footnote: server } }, null, 2);
}

export function Integrations() {
  const w = words.value.settings;
  const needsKey = Boolean(session.value?.required);
  return (
    <>
      <p>{w.connect} {needsKey && w.keyHint}</p>
      <section class="card"><h2>{w.openai}</h2><p class="quiet">{w.openaiHint}</p><Snippet text={`${base()}/v1`} /></section>
      <section class="card"><h2>{w.mcp}</h2><p class="quiet">{w.mcpHint}</p><Snippet text={mcp(needsKey)} /></section>
      <section class="card"><h2>{w.curl}</h2><Snippet text={curl(needsKey)} /></section>
      <section class="card"><h2>{w.python}</h2><Snippet text={python(needsKey)} /></section>
      <section class="card"><h2>{w.api}</h2><p class="quiet">{w.apiHint}</p><a href="./api/docs">{`${base()}/api/docs`}</a></section>
    </>
  );
}
