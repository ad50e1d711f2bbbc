// Each file that is added, how far it is and why it failed.

import { words } from "../i18n";
import { count, size } from "../i18n/format";
import { Progress } from "../ui/parts";
import { isGoing } from "./progress";
import { cancelUpload, clearUploads, failedUploads, retryUpload, uploads, type Upload } from "./uploads";

const TONES: Partial<Record<Upload["state"], string>> = { ready: "good", same: "good", failed: "bad" };

function Row({ upload }: { upload: Upload }) {
  const w = words.value.library;
  const { name, file, state, stage, sent, reason } = upload;
  const said = state === "processing" && stage ? words.value.jobs.items[stage] : w.upload[state];
  return (
    <li>
      <span class="name">{name} <span class="quiet">{size(file.size)}</span>{reason && <span class="bad reason">{reason}</span>}</span>
      {state === "sending" && <Progress value={sent} max={file.size} label={name} />}
      <span class={`badge ${TONES[state] ?? ""}`}>{said}</span>
      {isGoing(upload) && <button type="button" onClick={() => void cancelUpload(upload)}>{w.cancelUpload}</button>}
      {(state === "failed" || state === "cancelled") && <button type="button" onClick={() => retryUpload(upload)}>{words.value.shell.retry}</button>}
    </li>
  );
}

/** How many of all files are done, however they ended. */
function Summary({ done, of, failed }: { done: number; of: number; failed: number }) {
  const w = words.value.jobs;
  return (
    <span class="quiet summary">
      {w.progress(count(done), count(of))}
      {failed > 0 && <span class="bad"> · {w.failedCount(count(failed))}</span>}
    </span>
  );
}

export function UploadList({ collection }: { collection: string }) {
  const w = words.value.library;
  const own = uploads.value.filter((upload) => upload.collection === collection);
  if (!own.length) return null;
  const failed = failedUploads.value.filter((upload) => upload.collection === collection);
  const done = own.filter((upload) => !isGoing(upload)).length;
  return (
    <section class="card" aria-label={w.uploads}>
      <div class="area-head">
        <h2>{w.uploads} <Summary done={done} of={own.length} failed={failed.length} /></h2>
        <span class="actions">
          {failed.length > 0 && <button type="button" onClick={() => failed.forEach(retryUpload)}>{w.retryAll}</button>}
          <button type="button" onClick={clearUploads}>{w.clear}</button>
        </span>
      </div>
      {done < own.length && <Progress value={done} max={own.length} label={w.uploads} />}
      <ul class="uploads">{own.map((upload) => <Row key={upload.key} upload={upload} />)}</ul>
    </section>
  );
}
