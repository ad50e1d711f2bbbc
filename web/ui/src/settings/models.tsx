// The models that Footnote knows: how far they are installed, and how fast they run.

import { useEffect, useState } from "preact/hooks";
import { all, call } from "../api/client";
import type { Model, Speed } from "../api/types";
import { words } from "../i18n";
import { figure, size } from "../i18n/format";
import { useDoing, useLoad } from "../ui/load";
import { Failure, Progress, State } from "../ui/parts";

/** How often it is looked while a model is being installed. */
const LOOK_MS = 700;

function isGoing({ installation }: Model): boolean {
  return Boolean(installation && !installation.failure);
}

/** How far an installation is, and how to begin or stop one. */
function Installation({ model, reload }: { model: Model; reload: () => void }) {
  const w = words.value.settings;
  const { busy, problem, run } = useDoing();
  const going = isGoing(model);
  const { what, done_bytes, total_bytes, failure } = model.installation ?? {};
  const path = { name: model.name };
  const act = () => void run(() => (going
    ? call("delete", "/api/v1/models/{name}/install", { path })
    : call("post", "/api/v1/models/{name}/install", { path }))).then(reload);
  return (
    <>
      {going && (
        <p role="status">
          {total_bytes ? <Progress value={done_bytes ?? 0} max={total_bytes} label={w.installing(model.title)} /> : null}{" "}
          {what ? `${what} · ${size(done_bytes ?? 0)}${total_bytes ? ` / ${size(total_bytes)}` : ""}` : w.waiting}
        </p>
      )}
      {failure && <p class="failure" role="alert">{failure}</p>}
      <Failure problem={problem} />
      <button type="button" disabled={busy} onClick={act}>{going ? w.stopInstalling : w.install}</button>
    </>
  );
}

function ModelCard({ model, reload }: { model: Model; reload: () => void }) {
  const w = words.value.settings;
  const isInstalled = model.state === "installed";
  return (
    <section class="card">
      <h2>{model.title} <span class={`badge ${isInstalled ? "good" : ""}`}>{w.states[model.state] ?? model.state}</span></h2>
      <p class="quiet">{w.roles[model.role]} · {w.size}: {size(model.size_bytes)} · {w.languages}: {model.languages.join(", ")} · {w.licence}: {model.licence}</p>
      {model.files.length > 0 && (
        <details>
          <summary>{w.files}</summary>
          <ul>{model.files.map(({ name, sha256, size_bytes }) => <li key={name}>{name} · {size(size_bytes)}<br /><code class="quiet">{sha256}</code></li>)}</ul>
        </details>
      )}
      {!isInstalled && <Installation model={model} reload={reload} />}
    </section>
  );
}

/** Measures the models that the server runs. */
function SpeedTest() {
  const w = words.value.settings;
  const [speed, setSpeed] = useState<Speed | null>(null);
  const { busy, problem, run } = useDoing();
  const measure = () => void run(async () => setSpeed(await call("post", "/api/v1/models/speed")));
  return (
    <section class="card">
      <h2>{w.speed}</h2>
      <p class="quiet">{w.speedHint}</p>
      {speed && (
        <dl class="keys" aria-live="polite">
          <dt>{w.embedded}</dt><dd>{w.perSecond(figure(speed.passages_per_second))}</dd>
          {speed.writer && <><dt>{w.read}</dt><dd>{w.perSecond(figure(speed.writer.read_tokens_per_second))}</dd></>}
          {speed.writer && <><dt>{w.written}</dt><dd>{w.perSecond(figure(speed.writer.written_tokens_per_second))}</dd></>}
        </dl>
      )}
      <Failure problem={problem} />
      <button type="button" disabled={busy} onClick={measure}>{busy ? w.measuring : w.measure}</button>
    </section>
  );
}

export function Models() {
  const w = words.value.settings;
  const { data, problem, loading, reload } = useLoad<Model[]>("models", () => all("/api/v1/models"));
  const going = Boolean(data?.some(isGoing));
  useEffect(() => {
    if (!going) return undefined;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [going]);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const ordered = [...data].sort((a, b) => Number(b.state === "installed") - Number(a.state === "installed"));
  return (
    <>
      <SpeedTest />
      {ordered.map((model) => <ModelCard key={model.name} model={model} reload={reload} />)}
      <p class="quiet">{w.installHint}</p>
    </>
  );
}
