// pdf.js, fetched when the first PDF is opened.

import type { PDFDocumentProxy, PDFWorker } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { contentAddress } from "./content";

export type { PDFDocumentProxy, PDFPageProxy, PageViewport } from "pdfjs-dist";

interface ScriptPolicy {
  createScriptURL: (url: string) => string;
}
interface TrustedTypes {
  createPolicy: (name: string, rules: ScriptPolicy) => ScriptPolicy;
}

const worker = new URL(workerUrl, document.baseURI).href;

/** The one script address that is ever made at run time: pdf.js's worker, of our own origin. */
function trustedWorker(): string {
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes };
  const own = (url: string) => {
    if (url !== worker) throw new TypeError("only the worker is trusted");
    return url;
  };
  return trustedTypes ? trustedTypes.createPolicy("footnote-worker", { createScriptURL: own }).createScriptURL(worker) : worker;
}

type Library = typeof import("pdfjs-dist");

let ready: Promise<Library> | null = null;
let shared: PDFWorker | null = null;

/** Returns pdf.js. */
export function pdfjs(): Promise<Library> {
  ready ??= import("pdfjs-dist");
  return ready;
}

/**
 * Returns the worker of all documents. It is ours and not that of the document which is opened first:
 * pdf.js ends a worker of its own together with its document, and whatever is opened meanwhile fails.
 */
function workerOf(library: Library): PDFWorker {
  shared ??= library.PDFWorker.create({ port: new Worker(trustedWorker(), { type: "module" }) });
  return shared;
}

const data = (folder: string) => new URL(`pdf/${folder}/`, document.baseURI).href;

/** Opens a version of a document; the caller destroys it. */
export async function openPdf(id: string, version: string): Promise<PDFDocumentProxy> {
  const library = await pdfjs();
  return library.getDocument({
    worker: workerOf(library),
    url: contentAddress(id, version),
    cMapUrl: data("cmaps"),
    cMapPacked: true,
    standardFontDataUrl: data("standard_fonts"),
    wasmUrl: data("wasm"),
    isEvalSupported: false,
    enableXfa: false,
    disableAutoFetch: true,
  }).promise;
}
