// The figures of a run by their usual names, with what they say.

import { words } from "../i18n";
import { count, figure, signed } from "../i18n/format";

const isTime = (name: string) => name.endsWith("_ms");

/** Writes a figure: times in whole milliseconds. */
export function amount(name: string, value: number): string {
  return isTime(name) ? `${count(Math.round(value))} ms` : figure(value);
}

/** Writes by how much a figure changed. */
export function difference(name: string, delta: number): string {
  return isTime(name) ? `${signed(Math.round(delta))} ms` : signed(delta);
}

/** The name of a figure and, in small, what it says. */
export function FigureName({ name }: { name: string }) {
  const says = words.value.evals.says[name.replace(/@\d+$/, "")];
  return <>{name}{says && <><br /><small class="quiet">{says}</small></>}</>;
}
