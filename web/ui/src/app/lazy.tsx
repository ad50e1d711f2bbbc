// Areas that are fetched when they are opened first.

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { State } from "../ui/parts";

/** Makes a component that fetches its code when it is shown. */
export function lazy(load: () => Promise<FunctionComponent>): FunctionComponent {
  let loaded: FunctionComponent | null = null;
  return function Lazy() {
    const [, redraw] = useState(0);
    const [problem, setProblem] = useState<Problem | null>(null);
    const start = () => {
      setProblem(null);
      load().then((component) => { loaded = component; redraw((n) => n + 1); }, (error: unknown) => setProblem(asProblem(error)));
    };
    useEffect(() => { if (!loaded) start(); }, []);
    const Component = loaded;
    return Component ? <Component /> : <div class="area"><State loading problem={problem} reload={start} /></div>;
  };
}
