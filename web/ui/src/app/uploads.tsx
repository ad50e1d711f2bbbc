// What the frame says of files that are on their way.

import { words } from "../i18n";
import { count } from "../i18n/format";
import { href } from "../router/route";
import { Progress } from "../ui/parts";
import { drawerOpen, uploading } from "./state";

/** How far the files are that are being added, with the way to where they are seen one by one. */
export function UploadStatus() {
  const now = uploading.value;
  if (!now) return null;
  const { library, jobs } = words.value;
  const { done, of, failed, collection } = now;
  return (
    <a class="uploading" href={href("library", [collection])} onClick={() => { drawerOpen.value = false; }}>
      {library.uploads} <span class="quiet">{jobs.progress(count(done), count(of))}</span>
      {failed > 0 && <span class="bad"> · {jobs.failedCount(count(failed))}</span>}
      {done < of && <Progress value={done} max={of} label={library.uploads} />}
    </a>
  );
}
