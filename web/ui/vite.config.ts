// Builds the page into dist/: relative addresses, nothing inline, pdf.js's data beside it.

import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const here = dirname(fileURLToPath(import.meta.url));

/** What pdf.js fetches when a document needs it: CJK maps, the standard fonts, image decoders. */
const PDF_DATA = ["cmaps", "standard_fonts", "wasm"];

/** Copies pdf.js's data into the build, without what a browser never asks for. */
function pdfData(): Plugin {
  return {
    name: "pdf-data",
    apply: "build",
    writeBundle() {
      for (const folder of PDF_DATA) {
        cpSync(join(here, "node_modules/pdfjs-dist", folder), join(here, "dist/pdf", folder), {
          recursive: true,
          filter: (path) => !/LICENSE/.test(path),
        });
      }
    },
  };
}

/** What becomes smaller when it is compressed. */
const COMPRESSIBLE = /\.(html|css|js|mjs|svg|wasm|ttf|bcmap|pfb)$/;

/** Compresses the build, file by file, beside what is compressed: the program serves it so. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(join(here, "dist"), { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const path = join(here, "dist", name);
        const plain = readFileSync(path);
        const small = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
        if (small.length < plain.length) writeFileSync(`${path}.br`, small);
      }
    },
  };
}

/**
 * A module lies whole in one piece of the build, and a file of words holds them in both languages. So
 * each language reads a copy of its own, of which the other language falls away.
 */
function oneLanguageEach(): Plugin {
  return {
    name: "one-language-each",
    enforce: "pre",
    async resolveId(source, importer) {
      const reader = /\/i18n\/(en|zh)\.ts$/.exec(importer ?? "");
      if (!reader || !source.startsWith("./words/")) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && `${found.id}?${reader[1]}`;
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  plugins: [oneLanguageEach(), pdfData(), compressed()],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
