// A language that nobody speaks: the English words, accented and 40 % longer. It is made of the page's
// own words while they are fetched, so nothing of it is in the page itself.

const ACCENTS = { a: "å", c: "ç", e: "é", i: "ï", n: "ñ", o: "ö", s: "š", u: "ü", A: "Å", C: "Ç", E: "É", N: "Ñ", O: "Ö", S: "Š", U: "Ü" };

/** Runs in the page, over the words. */
function stranger(value, accents) {
  const longer = (word) => [...word].map((letter) => accents[letter] ?? letter).join("") + "ö".repeat(Math.ceil(word.length * 0.4));
  const strange = (text) => text.replace(/\p{L}+/gu, longer);
  if (typeof value === "string") return strange(value);
  if (typeof value === "function") return (...given) => strange(value(...given));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stranger(inner, accents)]));
}

/** Lets a page speak it. */
export async function speakStrangely(context) {
  await context.route("**/assets/en-*.js", async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const wrapped = script.replace(/export\s*\{\s*([\w$]+) as dictionary\s*\}/, (_, name) =>
      `${stranger};const strange=stranger(${name},${JSON.stringify(ACCENTS)});export{strange as dictionary}`);
    if (wrapped === script) throw new Error("the words are not where they were");
    await route.fulfill({ response, body: wrapped });
  });
}
