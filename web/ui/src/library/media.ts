// What people call the types of files.

import { byName } from "../i18n/format";

const NAMES: Record<string, string> = {
  "application/pdf": "PDF",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
  "application/epub+zip": "EPUB",
  "message/rfc822": "E-mail",
  "text/csv": "CSV",
  "text/html": "HTML",
  "text/markdown": "Markdown",
  "text/plain": "Text",
};

export function typeName(mediaType: string): string {
  return NAMES[mediaType] ?? mediaType.replace(/^(application|text)\/(vnd\.|x-)?/, "");
}

/** The types that people filter by, and those that are shown. */
export function typesWith(shown: readonly string[]): string[] {
  return [...new Set([...Object.keys(NAMES), ...shown])].sort((a, b) => byName(typeName(a), typeName(b)));
}
