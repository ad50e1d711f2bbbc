// Loading what a component shows; what comes late for something else is dropped.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { whenBack } from "../api/reach";

export interface Loaded<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/** Loads when `key` changes, and again when asked. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; problem: Problem | null; loading: boolean }>(
    { data: null, problem: null, loading: true });
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => {
    const mine = ++turn.current;
    setState((was) => ({ ...was, loading: true, problem: null }));
    latest.current().then(
      (data) => mine === turn.current && setState({ data, problem: null, loading: false }),
      (error: unknown) => mine === turn.current && setState((was) => ({ ...was, problem: asProblem(error), loading: false })),
    );
  }, []);
  useEffect(() => {
    setState({ data: null, problem: null, loading: true });
    reload();
    return () => { turn.current += 1; };
  }, [key, reload]);
  const mayPass = Boolean(state.problem?.mayPass);
  useEffect(() => (mayPass ? whenBack(reload) : undefined), [mayPass, reload]);
  const set = useCallback((data: T) => setState({ data, problem: null, loading: false }), []);
  return { ...state, reload, set };
}

export interface Doing {
  busy: boolean;
  problem: Problem | null;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Runs what a person started, one at a time, and keeps the problem if it fails. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, problem, run };
}
