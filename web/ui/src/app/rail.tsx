// The areas of the page, with what the caller may not use left out.

import { isAdmin, mayWrite, mayWriteEverywhere, session, signOut } from "../api/session";
import { runningJobs } from "../api/happenings";
import { collections } from "../chat/choices";
import { ConversationList } from "../chat/list";
import { language, speak, words, type Language } from "../i18n";
import { href, route } from "../router/route";
import { Icon, type IconName } from "../ui/icon";
import { IconButton } from "../ui/parts";
import { notify } from "../ui/status";
import { drawerOpen, helpOpen } from "./state";
import { theme, type Theme } from "./theme";
import { UploadStatus } from "./uploads";

function Areas() {
  const w = words.value.shell;
  const running = runningJobs.value.size;
  const areas: { key: string; icon: IconName; title: string; isShown: boolean; count?: number }[] = [
    { key: "chat", icon: "chat", title: w.chat, isShown: true },
    { key: "library", icon: "library", title: w.library, isShown: true },
    { key: "jobs", icon: "jobs", title: w.jobs, isShown: mayWriteEverywhere.value || Boolean(collections.value?.some(mayWrite)), count: running },
    { key: "evals", icon: "measure", title: w.evals, isShown: isAdmin.value },
    { key: "people", icon: "people", title: w.people, isShown: isAdmin.value && Boolean(session.value?.required) },
    { key: "settings", icon: "settings", title: w.settings, isShown: true },
  ];
  return (
    <nav class="areas" aria-label={w.areas}>
      {areas.filter(({ isShown }) => isShown).map(({ key, icon, title, count }) => (
        <a key={key} href={href(key)} aria-current={route.value.area === key ? "page" : undefined}
          onClick={() => { drawerOpen.value = false; }}>
          <Icon name={icon} />{title}{count ? <span class="badge">{count}</span> : null}
        </a>
      ))}
    </nav>
  );
}

function Tools() {
  const w = words.value.shell;
  return (
    <div class="tools">
      <select aria-label={w.theme} value={theme.value} onChange={(event) => { theme.value = event.currentTarget.value as Theme; }}>
        <option value="system">{w.themeSystem}</option>
        <option value="light">{w.themeLight}</option>
        <option value="dark">{w.themeDark}</option>
      </select>
      <select aria-label={w.language} value={language.value} onChange={(event) => speak(event.currentTarget.value as Language).catch(({ message }: Error) => notify(message))}>
        <option value="en" lang="en">English</option>
        <option value="zh-CN" lang="zh-CN">中文</option>
      </select>
      <IconButton icon="help" label={w.help} onClick={() => { helpOpen.value = true; }} />
      {session.value?.person && (
        <button type="button" class="link" onClick={() => void signOut()}>{w.signOut} ({session.value.person.login})</button>
      )}
    </div>
  );
}

export function Rail() {
  return (
    <aside class={`rail ${drawerOpen.value ? "open" : ""}`} aria-label={words.value.shell.menu}>
      <a class="brand" href={href("chat")}>Footnote<sup aria-hidden="true">1</sup></a>
      <div class="fill"><ConversationList /></div>
      <UploadStatus />
      <Areas />
      <Tools />
    </aside>
  );
}
