// Collections and what is in them.

import { useEffect } from "preact/hooks";
import { mayAdminister, mayWrite, session } from "../api/session";
import type { Collection } from "../api/types";
import { collections, loadCollections } from "../chat/choices";
import { words } from "../i18n";
import { Grants } from "../people/grants";
import { href, route } from "../router/route";
import { useLoad } from "../ui/load";
import { AreaHead, State, Tabs } from "../ui/parts";
import { CollectionSettings } from "./collection-settings";
import { Collections } from "./collections";
import { DocumentPage } from "./document";
import { Documents } from "./documents";
import { Duplicates } from "./duplicates";
import { TestSearch } from "./test-search";
import "./library.css";

type Part = "documents" | "search" | "duplicates" | "settings" | "access";

function Inside({ collection, part }: { collection: Collection; part: Part }) {
  switch (part) {
    case "search": return <TestSearch collection={collection.id} />;
    case "duplicates": return <Duplicates collection={collection.id} />;
    case "settings": return mayAdminister(collection) ? <CollectionSettings id={collection.id} /> : null;
    case "access": return mayAdminister(collection) ? <Grants on="collections" id={collection.id} /> : null;
    default: return <Documents collection={collection} />;
  }
}

function CollectionPage({ collection, part }: { collection: Collection; part: Part }) {
  const w = words.value.library;
  const isOwner = mayAdminister(collection);
  const parts: Part[] = ["documents", "search", ...(mayWrite(collection) ? ["duplicates" as const] : []), ...(isOwner ? ["settings" as const] : []),
    ...(isOwner && session.value?.required ? ["access" as const] : [])];
  const items = parts.map((key) => ({ key, title: w[key], href: href("library", [collection.id, key]) }));
  return (
    <>
      <AreaHead title={collection.name} back={{ title: w.all, href: href("library") }} />
      {collection.description && <p class="quiet">{collection.description}</p>}
      <Tabs label={collection.name} items={items} current={part} />
      <Inside collection={collection} part={part} />
    </>
  );
}

export function LibraryArea() {
  const [id, part = "documents", document] = route.value.parts;
  const { problem, loading, reload } = useLoad("collections", loadCollections);
  useEffect(() => { if (id && collections.value && !collections.value.some((one) => one.id === id)) reload(); }, [id]);
  const known = collections.value;
  const collection = known?.find((one) => one.id === id || one.name === id);
  if (!known) return <div class="area"><State loading={loading} problem={problem} reload={reload} /></div>;
  return (
    <div class="area">
      {!id && <Collections collections={known} />}
      {id && !collection && <p>{words.value.shell.unknownPlace}</p>}
      {collection && part === "document" && document && <DocumentPage id={document} collection={collection} />}
      {collection && part !== "document" && <CollectionPage collection={collection} part={part as Part} />}
    </div>
  );
}
