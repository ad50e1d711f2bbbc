// Values of settings as text, and back as what they were.

/** Writes a value as a person types it. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Reads what was typed as the kind of value that it replaces; what does not fit is the server's to refuse. */
export function readValue(text: string, before: unknown): unknown {
  const trimmed = text.trim();
  if (typeof before === "number") return trimmed === "" || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
  if (typeof before === "boolean") return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
  if (Array.isArray(before)) return trimmed.split(",").map((part) => part.trim()).filter(Boolean);
  return trimmed;
}
