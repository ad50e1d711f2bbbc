// The frame around every area, and which area is shown.

import { lazy } from "./lazy";
import { trouble } from "../api/reach";
import { mustSignIn, refreshSession, session, sessionProblem } from "../api/session";
import { ChatArea } from "../chat/area";
import { words } from "../i18n";
import { GivenFiles } from "../library/lazy";
import { Entrance } from "../people/entrance";
import { passage } from "../reader/state";
import { Reader } from "../reader/lazy";
import { useLinkedPassage } from "../reader/linked";
import { route } from "../router/route";
import { Confirmations, Dialog } from "../ui/dialog";
import { Failure, IconButton } from "../ui/parts";
import { Status } from "../ui/status";
import { given, isHolding } from "./files";
import { Rail } from "./rail";
import { drawerOpen, helpOpen } from "./state";
import { UploadStatus } from "./uploads";
import "./app.css";

const areas = {
  library: lazy(() => import("../library/area").then((module) => module.LibraryArea)),
  jobs: lazy(() => import("../jobs/area").then((module) => module.JobsArea)),
  evals: lazy(() => import("../evals/area").then((module) => module.EvalsArea)),
  people: lazy(() => import("../people/area").then((module) => module.PeopleArea)),
  settings: lazy(() => import("../settings/area").then((module) => module.SettingsArea)),
};

/** Where passages are opened; elsewhere the reader makes room and waits. */
const READS = new Set(["chat", "documents", "library", "evals"]);

function Area() {
  const { area } = route.value;
  if (area === "chat" || area === "documents") return <ChatArea />;
  const Chosen = areas[area as keyof typeof areas];
  return Chosen ? <Chosen /> : <p class="area">{words.value.shell.unknownPlace}</p>;
}

function Help() {
  const w = words.value.shell;
  return (
    <Dialog title={w.help} onClose={() => { helpOpen.value = false; }}>
      <dl class="keys">
        {Object.entries(w.keys).map(([key, text]) => [<dt key={key}><kbd>{key}</kbd></dt>, <dd>{text}</dd>])}
      </dl>
    </Dialog>
  );
}

function Frame() {
  const w = words.value.shell;
  useLinkedPassage();
  const isReading = passage.value !== null && READS.has(route.value.area);
  return (
    <div class={`frame ${isReading ? "reading" : ""}`}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{w.skip}</a>
      <div class="topbar">
        <IconButton icon="menu" label={w.menu} onClick={() => { drawerOpen.value = true; }} />
        <span class="brand">Footnote<sup aria-hidden="true">1</sup></span>
        <UploadStatus />
      </div>
      <Rail />
      {drawerOpen.value && <div class="veil" onClick={() => { drawerOpen.value = false; }} />}
      <main id="main" tabIndex={-1}><Area /></main>
      {isReading && <Reader />}
      {(isHolding.value || given.value) && <GivenFiles />}
    </div>
  );
}

/** Says why nothing goes on; it goes away by itself. */
function Trouble() {
  const why = trouble.value;
  return <div class="trouble" role="status">{why && <p>{words.value.shell[why]} {words.value.shell.goesOn}</p>}</div>;
}

export function Shell() {
  if (!session.value) {
    const problem = trouble.value ? null : sessionProblem.value;
    return <main class="area"><Trouble /><Failure problem={problem} retry={() => void refreshSession()} /></main>;
  }
  const isSetup = session.value.required && location.pathname.endsWith("/setup");
  return (
    <>
      {mustSignIn.value || isSetup ? <Entrance isSetup={isSetup} /> : <Frame />}
      {helpOpen.value && <Help />}
      <Trouble />
      <Confirmations />
      <Status />
    </>
  );
}
