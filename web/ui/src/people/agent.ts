// What a browser calls itself, as a person would say it.

const BROWSERS: readonly [RegExp, string][] = [[/\bEdg/, "Edge"], [/Firefox|FxiOS/, "Firefox"], [/Chrome|CriOS/, "Chrome"], [/Safari/, "Safari"]];
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"],
];

/** Says which browser and system it is; what is not known is said as it was sent. */
export function agentName(sent: string): string {
  const found = (known: readonly [RegExp, string][]) => known.find(([pattern]) => pattern.test(sent))?.[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  return browser && system ? `${browser} · ${system}` : sent;
}
