// For development only: serves dist/ with the headers that the program sends, and hands everything
// else to a program that runs. The proxy names the program as Host and Origin, so that its checks of
// where a request comes from hold as if the page had come from it.
//
//   node dev-server.mjs [port] [http://127.0.0.1:8620]

import { createReadStream, existsSync, statSync } from "node:fs";
import http from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = join(dirname(fileURLToPath(import.meta.url)), "dist");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".bcmap": "application/octet-stream",
  ".pfb": "application/octet-stream",
  ".ttf": "font/ttf",
};

export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
  + "connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
  + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types footnote-worker";

/** A worker has the policy of its own script: pdf.js decodes some pictures by WebAssembly. */
export const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; font-src 'self'";

/** Addresses that show the page itself. */
const PAGES = new Set(["/", "/setup", "/sign-in"]);

function fileOf(path) {
  const name = PAGES.has(path) ? "index.html" : path === "/api/docs" ? "docs.html" : path.slice(1);
  const file = normalize(join(DIST, name));
  return file.startsWith(DIST) && existsSync(file) && statSync(file).isFile() ? file : null;
}

function serve(file, response) {
  const isWorker = /pdf\.worker/.test(file);
  response.writeHead(200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "content-security-policy": isWorker ? WORKER_POLICY : POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
  });
  createReadStream(file).pipe(response);
}

function proxy(program, request, response) {
  const headers = { ...request.headers, host: program.host };
  if (headers.origin) headers.origin = program.origin;
  const options = { hostname: program.hostname, port: program.port, method: request.method, path: request.url, headers };
  const forwarded = http.request(options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  forwarded.on("error", () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
}

/** Starts; returns the server once it listens. */
export function start(port, target) {
  const program = new URL(target);
  const server = http.createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = request.method === "GET" ? fileOf(path) : null;
    if (file) serve(file, response);
    else proxy(program, request, response);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = "8700", target = "http://127.0.0.1:8620"] = process.argv.slice(2);
  await start(Number(port), target);
  console.log(`http://127.0.0.1:${port} → ${target}`);
}
