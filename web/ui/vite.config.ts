// Builds the page into dist/: relative addresses, nothing inline, pdf.js's data beside it.

import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

export default defineConfig({
  root: here,
  base: "./",
  plugins: [pdfData()],
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
