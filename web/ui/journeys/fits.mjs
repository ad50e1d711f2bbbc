// Whether everything on a screen has room: nothing scrolls sideways, is cut off or lies on something else.

import assert from "node:assert/strict";

/** Waits until a screen shows what it has to show. */
export async function settled(page) {
  await page.locator("main h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector(".late") && document.getAnimations().every(({ playState, effect }) =>
    playState !== "running" || effect.getTiming().iterations === Infinity));
}

/** Runs in the page; returns what has no room. */
function faults() {
  const wrong = [];
  const name = (node) => `${node.tagName.toLowerCase()}.${String(node.className.baseVal ?? node.className).trim().replace(/\s+/g, ".")} “${(node.textContent || node.getAttribute("aria-label") || "").trim().slice(0, 40)}”`;
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest(".visually-hidden, .skip, svg, option, .page, noscript");
  const scrolls = (node) => node.closest(".scroll, pre, .sheets, .tabs");
  if (document.documentElement.scrollHeight > innerHeight + 1) wrong.push("the page itself scrolls, and its head goes out of sight");
  const sideways = [document.documentElement, document.getElementById("main"), document.querySelector(".reader"), document.querySelector("dialog")];
  for (const node of sideways) if (node && node.scrollWidth > node.clientWidth + 1) wrong.push(`scrolls sideways: ${name(node)} ${node.scrollWidth} > ${node.clientWidth}`);

  const all = [...document.body.querySelectorAll("*")].filter(seen);
  for (const node of all) {
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    if (!box.width || !box.height || scrolls(node)) continue;
    if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`outside: ${name(node)}`);
    const isShort = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    const isClipped = ["hidden", "clip"].includes(style.overflowX);
    const holdsWords = style.display !== "inline" && node.matches("a, button, p, h1, h2, h3, td, th, dt, dd, legend, label, code, .badge, .card");
    if ((isClipped || holdsWords) && !isShort && !node.matches(".tabs") && node.scrollWidth > node.clientWidth + 1) wrong.push(`cut off: ${name(node)} ${node.scrollWidth} > ${node.clientWidth}`);
  }

  const layer = (node) => node.closest("dialog, .dock, .reader, .rail, .topbar, main");
  /** What is in sight of an element: what surrounds it may have scrolled it away. */
  const inSight = (node) => {
    const box = node.getBoundingClientRect();
    const part = { left: box.left, top: box.top, right: box.right, bottom: box.bottom };
    for (let around = node.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflowY === "visible") continue;
      const frame = around.getBoundingClientRect();
      part.left = Math.max(part.left, frame.left);
      part.right = Math.min(part.right, frame.right);
      part.top = Math.max(part.top, frame.top);
      part.bottom = Math.min(part.bottom, frame.bottom);
    }
    return part;
  };
  const controls = all.filter((node) => node.matches("a, button, input, select, textarea, summary") && !scrolls(node)).map((node) => ({ node, box: inSight(node) }));
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
  controls.forEach((one, at) => controls.slice(at + 1).forEach((other) => {
    if (layer(one.node) !== layer(other.node) || one.node.contains(other.node)) return;
    if (meet(one.box, other.box)) wrong.push(`overlap: ${name(one.node)} and ${name(other.node)}`);
  }));
  return [...new Set(wrong)].slice(0, 8);
}

/** Fails where something on the screen has no room. */
export async function fits(page, where) {
  await settled(page);
  assert.deepEqual(await page.evaluate(faults), [], where);
}
