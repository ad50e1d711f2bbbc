// Each file that is added, how far it is and why it failed.

import { words } from "../i18n";
import { size } from "../i18n/format";
import { Progress } from "../ui/parts";
import { cancelUpload, clearUploads, failedUploads, retryUpload, uploads, type Upload } from "./uploads";

const TONES: Partial<Record<Upload["state"], string>> = { ready: "good", same: "good", failed: "bad" };

function Row({ upload }: { upload: Upload }) {
  const w = words.value.library;
  const { name, file, state, stage, sent, reason } = upload;
  const isGoing = state === "waiting" || state === "sending" || state === "processing";
  const said = state === "processing" && stage ? words.value.jobs.items[stage] : w.upload[state];
  return (
    <li>
      <span class="name">{name} <span class="quiet">{size(file.size)}</span>{reason && <span class="bad reason">{reason}</span>}</span>
      {state === "sending" && <Progress value={sent} max={file.size} label={name} />}
      <span class={`badge ${TONES[state] ?? ""}`}>{said}</span>
      {isGoing && <button type="button" onClick={() => void cancelUpload(upload)}>{w.cancelUpload}</button>}
      {(state === "failed" || state === "cancelled") && <button type="button" onClick={() => retryUpload(upload)}>{words.value.shell.retry}</button>}
    </li>
  );
}

export function UploadList({ collection }: { collection: string }) {
  const w = words.value.library;
  const own = uploads.value.filter((upload) => upload.collection === collection);
  if (!own.length) return null;
  const failed = failedUploads.value.filter((upload) => upload.collection === collection);
  return (
    <section class="card" aria-label={w.uploads}>
      <div class="area-head">
        <h2>{w.uploads}</h2>
        <span class="actions">
          {failed.length > 0 && <button type="button" onClick={() => failed.forEach(retryUpload)}>{w.retryAll}</button>}
          <button type="button" onClick={clearUploads}>{w.clear}</button>
        </span>
      </div>
      <ul class="uploads">{own.map((upload) => <Row key={upload.key} upload={upload} />)}</ul>
    </section>
  );
}
