// Markdown as tokens; nothing of it ever becomes HTML as it stands.

import { Marked, type Token, type TokenizerAndRendererExtension, type Tokens } from "marked";
import { CLOSE, MARKER, OPEN } from "./pieces";

export interface MarkerToken { type: "marker"; raw: string; n: number; after: string }
export interface UnsupportedToken { type: "unsupported"; raw: string; tokens: Token[] }

const AT_START = new RegExp(`^${MARKER.source}`);

const marker: TokenizerAndRendererExtension = {
  name: "marker",
  level: "inline",
  start: (text) => { const at = text.indexOf("[^"); return at < 0 ? undefined : at; },
  tokenizer(text) {
    const match = AT_START.exec(text);
    return match ? { type: "marker", raw: match[0], n: Number(match[1]), after: match[2] ?? "" } : undefined;
  },
};

const unsupported: TokenizerAndRendererExtension = {
  name: "unsupported",
  level: "inline",
  start: (text) => { const at = text.indexOf(OPEN); return at < 0 ? undefined : at; },
  tokenizer(text) {
    const end = text.startsWith(OPEN) ? text.indexOf(CLOSE) : -1;
    if (end < 0) return undefined;
    return { type: "unsupported", raw: text.slice(0, end + 1), tokens: this.lexer.inlineTokens(text.slice(1, end)) };
  },
};

const reader = new Marked({ gfm: true });
reader.use({ extensions: [marker, unsupported], tokenizer: { def: () => undefined } });

/** Reads a text into tokens. */
export function tokens(text: string): Token[] {
  return reader.lexer(text);
}

export type { Token, Tokens };
