// Documents that say the same.

import { call } from "../api/client";
import { language, words } from "../i18n";
import { size } from "../i18n/format";
import { href } from "../router/route";
import { useLoad } from "../ui/load";
import { State } from "../ui/parts";

export function Duplicates({ collection }: { collection: string }) {
  const w = words.value.library;
  const { data, problem, loading, reload } = useLoad(collection, () => call("get", "/api/v1/documents/duplicates", { query: { collection } }));
  const percent = (value: number) => new Intl.NumberFormat(language.value, { style: "percent" }).format(value);
  if (!data) return <State loading={loading} problem={problem} reload={reload} />;
  if (!data.data.length) return <p class="quiet">{w.noDuplicates}</p>;
  return (
    <>
      {data.data.map(({ kind, resemblance, documents }) => (
        <section class="card" key={documents.map(({ id }) => id).join()}>
          <h2>{kind === "exact" ? w.exact : w.near(percent(resemblance))}</h2>
          <ul>
            {documents.map((document) => (
              <li key={document.id}>
                <a href={href("library", [document.collection_id, "document", document.id])}>{document.title}</a>
                <span class="quiet"> {document.uri} · {size(document.size_bytes)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
