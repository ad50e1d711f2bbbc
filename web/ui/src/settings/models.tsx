// The models that Footnote knows.

import { all } from "../api/client";
import type { Model } from "../api/types";
import { words } from "../i18n";
import { size } from "../i18n/format";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";

function ModelCard({ model }: { model: Model }) {
  const w = words.value.settings;
  return (
    <section class="card">
      <h2>{model.title} <span class={`badge ${model.state === "installed" ? "good" : ""}`}>{model.state === "installed" ? w.installed : model.state}</span></h2>
      <p class="quiet">{w.roles[model.role]} · {w.size}: {size(model.size_bytes)} · {w.languages}: {model.languages.join(", ")} · {w.licence}: {model.licence}</p>
      <details>
        <summary>{w.files}</summary>
        <ul>{model.files.map(({ name, sha256, size_bytes }) => <li key={name}>{name} · {size(size_bytes)}<br /><code class="quiet">{sha256}</code></li>)}</ul>
      </details>
      {model.state !== "installed" && <pre tabIndex={0}>footnote models pull {model.name}</pre>}
    </section>
  );
}

export function Models() {
  const { data, problem, loading, reload } = useLoad<Model[]>("models", () => all("/api/v1/models"));
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const ordered = [...data].sort((a, b) => Number(b.state === "installed") - Number(a.state === "installed"));
  return <>{ordered.map((model) => <ModelCard key={model.name} model={model} />)}</>;
}
