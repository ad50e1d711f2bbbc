// Areas that are fetched when they are opened first.

import { signal } from "@preact/signals";
import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { State } from "../ui/parts";

/** What surrounds the news that something is still fetched, or that it could not be. */
type Around = (state: ComponentChildren) => ComponentChildren;

interface Lazy extends FunctionComponent {
  /** Fetches the code before it is shown, so that nobody sees it come. */
  ahead: () => Promise<void>;
}

/** Makes a component that fetches its code when it is shown. */
export function lazy(load: () => Promise<FunctionComponent>, around: Around = (state) => <div class="area">{state}</div>): Lazy {
  const loaded = signal<{ Component: FunctionComponent } | null>(null);
  const fetched = async () => { loaded.value ??= { Component: await load() }; };
  function Shown() {
    const [problem, setProblem] = useState<Problem | null>(null);
    const start = () => {
      setProblem(null);
      fetched().catch((error: unknown) => setProblem(asProblem(error)));
    };
    useEffect(() => { if (!loaded.peek()) start(); }, []);
    const known = loaded.value;
    return known ? <known.Component /> : <>{around(<State loading problem={problem} reload={start} />)}</>;
  }
  return Object.assign(Shown, { ahead: () => fetched().catch(() => undefined) });
}
