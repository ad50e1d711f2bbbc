// Which addresses an answer may link to.

/** Tells whether an address may be a link: of the web, and named in a source that is cited. */
export function mayLink(address: string, sources: readonly string[]): boolean {
  return /^https?:\/\//i.test(address) && sources.some((source) => source.includes(address));
}
