// What settles where files go, fetched ahead or when the first are held over the page.

import { given } from "../app/files";
import { lazy } from "../app/lazy";
import { words } from "../i18n";
import { Dialog } from "../ui/dialog";

export const GivenFiles = lazy(() => import("./given").then((module) => module.GivenFiles), (state) => given.value && (
  <Dialog title={words.value.library.addThese(given.value.length)} onClose={() => { given.value = null; }}>{state}</Dialog>
));
