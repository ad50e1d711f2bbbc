// Where the page is: everything after `#`, as `area/id/part?name=value`.

import { computed, signal } from "@preact/signals";

export interface Route {
  area: string;
  parts: string[];
  query: URLSearchParams;
}

/** Reads an address's fragment. */
export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [area = "", ...parts] = path.split("/").map(decode);
  return { area: area || "chat", parts, query: new URLSearchParams(query) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Writes an address's fragment. */
export function href(area: string, parts: string[] = [], query: Record<string, string> = {}): string {
  const path = [area, ...parts.map(encodeURIComponent)].join("/");
  const search = new URLSearchParams(query).toString();
  return `#${path}${search ? `?${search}` : ""}`;
}

const hash = signal(location.hash);
window.addEventListener("hashchange", () => { hash.value = location.hash; });

export const route = computed(() => parse(hash.value));

/** Goes elsewhere; `replace` leaves no trace in the history. */
export function go(target: string, replace = false): void {
  if (replace) {
    history.replaceState(null, "", target);
    hash.value = location.hash;
  } else {
    location.hash = target;
  }
}
