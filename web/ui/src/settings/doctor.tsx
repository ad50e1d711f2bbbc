// Whether everything works, and what to do about what does not.

import { all } from "../api/client";
import type { Check } from "../api/types";
import { words } from "../i18n";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";

const LOOKS = { ok: "good", warn: "", fail: "bad" } as const;

function Found({ check }: { check: Check }) {
  const w = words.value.settings;
  return (
    <tr>
      <td><span class={`badge ${LOOKS[check.state]}`}>{w.checkStates[check.state]}</span></td>
      <th scope="row">{check.name}</th>
      <td>{check.detail}{check.fix && <><br /><span class="quiet">→ {check.fix}</span></>}</td>
    </tr>
  );
}

export function Doctor() {
  const w = words.value.settings;
  const { data, problem, loading, reload } = useLoad<Check[]>("doctor", () => all("/api/v1/doctor"));
  return (
    <section class="card">
      <h2>{w.doctor}</h2>
      <State loading={loading && !data} problem={problem} reload={reload} />
      {data && <div class="scroll"><table class="list"><tbody>{data.map((check) => <Found key={check.name} check={check} />)}</tbody></table></div>}
      <button type="button" disabled={loading} onClick={reload}>{w.checkAgain}</button>
    </section>
  );
}
