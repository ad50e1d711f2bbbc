// The text of an answer: Markdown where a model wrote it, the plain words where documents are quoted.

import type { ComponentChildren } from "preact";
import type { Citation, Sentence } from "../api/types";
import { words } from "../i18n";
import { mayLink } from "../text/links";
import type { MarkerToken, Token, Tokens, UnsupportedToken } from "../text/markdown";
import { fenced, pieces, type Piece } from "../text/pieces";
import { Chip } from "./chip";
import { reading } from "./markdown";

interface Shown {
  citations: readonly Citation[];
  quotes: readonly string[];
}

function Unsupported({ children }: { children: ComponentChildren }) {
  const w = words.value.chat;
  return (
    <span class="unsupported" title={w.unsupportedHint}>{children}<span class="flag">{w.support.unsupported}</span></span>
  );
}

function Marker({ n, after, shown }: { n: number; after: string; shown: Shown }) {
  return <span class="together"><Chip n={n} citations={shown.citations} />{after}</span>;
}

function piece(one: Piece, key: number, shown: Shown): ComponentChildren {
  if (one.kind === "text") return one.text;
  if (one.kind === "marker") return <Marker key={key} n={one.n} after={one.after} shown={shown} />;
  return <Unsupported key={key}>{one.pieces.map((inner, index) => piece(inner, index, shown))}</Unsupported>;
}

function children(list: Token[] | undefined, shown: Shown): ComponentChildren {
  return (list ?? []).map((token, index) => <Shape key={index} token={token} shown={shown} />);
}

function Table({ token, shown }: { token: Tokens.Table; shown: Shown }) {
  return (
    <div class="scroll" tabIndex={0} role="group">
      <table class="list">
        <thead><tr>{token.header.map((cell, index) => <th key={index} scope="col">{children(cell.tokens, shown)}</th>)}</tr></thead>
        <tbody>
          {token.rows.map((row, at) => (
            <tr key={at}>{row.map((cell, index) => <td key={index}>{children(cell.tokens, shown)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Items({ token, shown }: { token: Tokens.List; shown: Shown }) {
  const items = token.items.map((item, index) => <li key={index}>{children(item.tokens, shown)}</li>);
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Link({ token, shown }: { token: Tokens.Link; shown: Shown }) {
  if (!mayLink(token.href, shown.quotes)) return <>{token.raw === token.href ? token.raw : children(token.tokens, shown)}</>;
  return <a href={token.href} target="_blank" rel="noopener noreferrer nofollow">{children(token.tokens, shown)}</a>;
}

/** One token; HTML and pictures stay the text that they are. */
function Shape({ token, shown }: { token: Token; shown: Shown }) {
  const inner = () => children((token as Tokens.Generic).tokens, shown);
  switch (token.type) {
    case "marker": {
      const { n, after } = token as unknown as MarkerToken;
      return <Marker n={n} after={after} shown={shown} />;
    }
    case "unsupported": return <Unsupported>{children((token as unknown as UnsupportedToken).tokens, shown)}</Unsupported>;
    case "paragraph": return <p dir="auto">{inner()}</p>;
    case "heading": return <p class="heading" role="heading" aria-level={Math.min(6, (token as Tokens.Heading).depth + 2)}>{inner()}</p>;
    case "strong": return <strong>{inner()}</strong>;
    case "em": return <em>{inner()}</em>;
    case "del": return <del>{inner()}</del>;
    case "codespan": return <code>{(token as Tokens.Codespan).text}</code>;
    case "code": return <pre tabIndex={0}><code>{(token as Tokens.Code).text}</code></pre>;
    case "blockquote": return <blockquote>{inner()}</blockquote>;
    case "list": return <Items token={token as Tokens.List} shown={shown} />;
    case "table": return <Table token={token as Tokens.Table} shown={shown} />;
    case "link": return <Link token={token as Tokens.Link} shown={shown} />;
    case "hr": return <hr />;
    case "br": return <br />;
    case "space": return null;
    case "text": return (token as Tokens.Text).tokens ? <>{inner()}</> : <>{unescaped(token as Tokens.Text)}</>;
    case "escape": return <>{(token as Tokens.Escape).text}</>;
    default: return <>{token.raw}</>;
  }
}

function unescaped({ raw }: Tokens.Text): string {
  return raw;
}

/** Shows the text of an answer. */
export function Prose({ text, sentences, citations, isMarkdown }: {
  text: string; sentences: readonly Sentence[]; citations: readonly Citation[]; isMarkdown: boolean;
}) {
  const shown: Shown = { citations, quotes: citations.map((citation) => citation.cited_text) };
  const marked = fenced(text, sentences);
  if (isMarkdown && reading.value) return <div class="prose">{children(reading.value(marked), shown)}</div>;
  const paragraphs = marked.split(/\n+/).filter((paragraph) => paragraph.trim());
  return (
    <div class="prose">
      {paragraphs.map((paragraph, at) => <p key={at} dir="auto">{pieces(paragraph).map((one, index) => piece(one, index, shown))}</p>)}
    </div>
  );
}
