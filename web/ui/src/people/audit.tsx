// Who did what, when and from where.

import { useState } from "preact/hooks";
import { address, call } from "../api/client";
import { words } from "../i18n";
import { moment } from "../i18n/format";
import { Icon } from "../ui/icon";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";

const LIMIT = 100;

export function Audit() {
  const w = words.value.people;
  const [cursors, setCursors] = useState<string[]>([]);
  const { data, problem, loading, reload } = useLoad(cursors.join(), async () => {
    const pages = await Promise.all(["", ...cursors].map((cursor) =>
      call("get", "/api/v1/audit", { query: { limit: LIMIT, cursor: cursor || undefined } })));
    return { entries: pages.flatMap((page) => page.data), next: pages.at(-1)?.next_cursor ?? null };
  });
  return (
    <>
      <p><a class="button" href={address("/api/v1/audit/export")} download="audit.jsonl"><Icon name="download" />{w.exportAudit}</a></p>
      <State loading={loading} problem={problem} empty={data?.entries.length === 0} reload={reload} />
      {data && (
        <div class="scroll">
          <table class="list">
            <thead><tr><th>{w.when}</th><th>{w.actor}</th><th>{w.action}</th><th>{w.target}</th><th>{w.from}</th></tr></thead>
            <tbody>
              {data.entries.map((entry) => (
                <tr key={entry.id}>
                  <td>{moment(entry.at_ms)}</td><td>{entry.actor}</td><td>{entry.action}</td><td>{entry.target}</td><td>{entry.origin}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data?.next && <button type="button" onClick={() => setCursors([...cursors, data.next!])}>{words.value.shell.more}</button>}
    </>
  );
}
