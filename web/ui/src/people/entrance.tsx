// Signing in, and making the first admin.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call } from "../api/client";
import { enter, refreshSession, session } from "../api/session";
import { words } from "../i18n";
import { focusOnce } from "../ui/focus";
import { useDoing } from "../ui/load";
import { Failure, Field } from "../ui/parts";
import "./people.css";

/** Where signing in at the company's provider begins. */
const PROVIDER = "api/v1/auth/oidc/start";

/** Returns why somebody who comes back from the provider was not let in, if they were not. */
function refusal(): string | null {
  const reason = new URLSearchParams(location.search).get("reason") ?? "";
  const known = words.value.people.refused;
  return Object.hasOwn(known, reason) ? known[reason as keyof typeof known] : null;
}

function Sheet({ title, text, children }: { title: string; text?: string; children?: ComponentChildren }) {
  return (
    <main class="entrance">
      <p class="brand">Footnote<sup aria-hidden="true">1</sup></p>
      <h1>{title}</h1>
      {text && <p>{text}</p>}
      {children}
    </main>
  );
}

/** Returns what a form holds; empty fields are left out. */
function filled(form: HTMLFormElement): Record<string, string> {
  const fields = [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === "string" && field[1] !== "");
  return Object.fromEntries(fields);
}

function SignIn() {
  const w = words.value.people;
  const { busy, problem, run } = useDoing();
  const provider = session.value?.provider;
  const refused = refusal();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const body = filled(event.currentTarget as HTMLFormElement) as { login: string; password: string };
    void run(async () => {
      enter(await call("post", "/api/v1/session", { body }));
      if (/\/sign-in$/.test(location.pathname)) location.replace(new URL("./", document.baseURI).href);
    });
  };
  return (
    <Sheet title={w.signIn} text={session.value?.needs_setup ? w.needsSetup : w.signInText}>
      {refused && <p class="problem" role="alert">{refused}</p>}
      {provider && <p><a class="button primary" href={PROVIDER}>{w.single(provider)}</a></p>}
      <form onSubmit={send}>
        <Field label={w.login}><input name="login" autocomplete="username" required ref={focusOnce} /></Field>
        <Field label={w.password}><input name="password" type="password" autocomplete="current-password" required /></Field>
        <button class="primary" disabled={busy}>{w.signIn}</button>
        <Failure problem={problem} />
      </form>
    </Sheet>
  );
}

function SetUp() {
  const w = words.value.people;
  const { busy, problem, run } = useDoing();
  const [isUsed, setUsed] = useState(!session.value?.needs_setup);
  const token = location.hash.slice(1);
  if (isUsed) {
    return <Sheet title={w.linkUsed} text={w.linkUsedText}><a class="button primary" href="./">{w.toSignIn}</a></Sheet>;
  }
  if (!token) return <Sheet title={w.setup} text={w.linkMissing} />;
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const body = { ...filled(event.currentTarget as HTMLFormElement), token } as never;
    void run(async () => {
      try {
        await call("post", "/api/v1/setup", { body });
        location.replace(new URL("./", document.baseURI).href);
      } catch (error) {
        await refreshSession();
        if (session.value && !session.value.needs_setup) setUsed(true);
        throw error;
      }
    });
  };
  return (
    <Sheet title={w.setup} text={w.setupText}>
      <form onSubmit={send}>
        <Field label={w.login}><input name="login" autocomplete="username" required ref={focusOnce} /></Field>
        <Field label={w.name}><input name="name" autocomplete="name" /></Field>
        <Field label={w.password} hint={w.passwordRule}>
          <input name="password" type="password" autocomplete="new-password" required minLength={10} />
        </Field>
        <button class="primary" disabled={busy}>{w.makeAdmin}</button>
        <Failure problem={problem} />
      </form>
    </Sheet>
  );
}

export function Entrance({ isSetup }: { isSetup: boolean }) {
  return isSetup ? <SetUp /> : <SignIn />;
}
