// Numbers, sizes and times as people write them.

import { language } from "./index";

/** The language that is spoken, as it is written where the browser is at home: `en-GB`, say. */
function locale(): string {
  const spoken = language.value.slice(0, 2);
  return navigator.languages.find((one) => one.startsWith(spoken)) ?? language.value;
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function moment(ms: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(ms);
}

export function day(ms: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(ms);
}

export function seconds(ms: number): string {
  const value = ms / 1000;
  const digits = value < 1 ? 2 : value < 60 ? 1 : 0;
  return new Intl.NumberFormat(locale(), {
    style: "unit", unit: "second", unitDisplay: "narrow", minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(value);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(locale(), {
    style: "unit", unit: UNITS[power], unitDisplay: power ? "short" : "long", maximumFractionDigits: power ? 1 : 0,
  }).format(bytes / 1000 ** power);
}

export function figure(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 3 }).format(value);
}

export function signed(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 3, signDisplay: "exceptZero" }).format(value);
}

/** Names all of several things: `PDF, Word and CSV`. */
export function allOf(names: readonly string[]): string {
  return new Intl.ListFormat(locale()).format(names);
}

/** Compares names as a reader of the language sorts them. */
export function byName(a: string, b: string): number {
  return new Intl.Collator(locale(), { numeric: true }).compare(a, b);
}
