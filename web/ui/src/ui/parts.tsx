// Small parts that every area uses.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../api/problem";
import { words } from "../i18n";
import { Icon, type IconName } from "./icon";
import "./parts.css";

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  disabled?: boolean;
  pressed?: boolean;
  class?: string;
}

/** A button that shows an icon and says what it does. */
export function IconButton({ icon, label, onClick, disabled, pressed, class: extra = "" }: IconButtonProps) {
  return (
    <button type="button" class={`icon-button ${extra}`} aria-label={label} title={label} aria-pressed={pressed}
      disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** What went wrong, under which request, and a way to try again. */
export function Failure({ problem, retry }: { problem: Problem | null; retry?: () => void }) {
  if (!problem) return null;
  const w = words.value.shell;
  const why = problem.status === 0 ? w.unreachable : problem.message;
  return (
    <div class="failure" role="alert">
      <p>{w.failed(why)}</p>
      {problem.fields.length > 1 && <ul>{problem.fields.map((field) => <li>{field.detail}</li>)}</ul>}
      {problem.requestId && <p class="quiet">{w.request(problem.requestId)}</p>}
      {retry && <button type="button" onClick={retry}>{w.retry}</button>}
    </div>
  );
}

/** What is shown while something is loaded, failed, or is empty. */
export function State({ loading, problem, empty, reload }: {
  loading: boolean; problem: Problem | null; empty?: boolean; reload: () => void;
}) {
  if (problem) return <Failure problem={problem} retry={reload} />;
  if (loading) return <p class="quiet late" role="status">{words.value.shell.loading}</p>;
  return empty ? <p class="quiet">{words.value.shell.nothing}</p> : null;
}

/** A label above its field. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
      {hint && <small class="quiet">{hint}</small>}
    </label>
  );
}

/** How much of something is done. */
export function Progress({ value, max, label }: { value: number; max: number; label: string }) {
  return <progress value={value} max={Math.max(1, max)} aria-label={label} />;
}

/** The head of an area, with what can be done there. */
export function AreaHead({ title, back, children }: {
  title: string; back?: { title: string; href: string }; children?: ComponentChildren;
}) {
  return (
    <header class="area-head">
      {back && <a class="back" href={back.href}><Icon name="back" />{back.title}</a>}
      <h1>{title}</h1>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}

/** Links between the parts of an area. */
export function Tabs({ label, items, current }: {
  label: string; items: { key: string; title: string; href: string }[]; current: string;
}) {
  const nav = useRef<HTMLElement>(null);
  // Where not all of them have room, the one that is open is brought into sight.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [current]);
  return (
    <nav ref={nav} class="tabs" aria-label={label}>
      {items.map(({ key, title, href }) => (
        <a key={key} href={href} aria-current={key === current ? "page" : undefined}>{title}</a>
      ))}
    </nav>
  );
}
