// Whether everything works.

import { address } from "../api/client";
import type { components } from "../api/schema";
import { words } from "../i18n";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";
import { Doctor } from "./doctor";

type Ready = components["schemas"]["Ready"];

/** Asks how the server is; it answers the same while it is not ready, as 503. */
async function ask(): Promise<Ready> {
  const response = await fetch(address("/readyz"));
  return await response.json() as Ready;
}

export function System() {
  const w = words.value.settings;
  const { data, problem, loading, reload } = useLoad("ready", ask);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  const said = (works: boolean) => <span class={`badge ${works ? "good" : "bad"}`}>{works ? w.works : w.broken}</span>;
  return (
    <>
      <section class="card">
        <h2>{data.ready ? w.ready : w.notReady}</h2>
        <dl class="keys">
          <dt>{w.parts.catalog}</dt><dd>{said(data.catalog)}</dd>
          <dt>{w.parts.index}</dt><dd>{said(data.index)}</dd>
          <dt>{w.parts.disk}</dt><dd>{said(data.disk)}</dd>
          <dt>{w.parts.embedder}</dt><dd>{data.embedder}</dd>
          <dt>{w.parts.generator}</dt><dd>{data.generator ?? w.none}</dd>
        </dl>
        <p><a href={address("/metrics")}>{w.metrics}</a></p>
        <button type="button" onClick={reload}>{words.value.shell.retry}</button>
      </section>
      <Doctor />
    </>
  );
}
