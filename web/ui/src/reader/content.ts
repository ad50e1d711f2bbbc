// Where the original of a version lies.

import { address } from "../api/client";

export function contentAddress(id: string, version: string): string {
  return address("/api/v1/documents/{id}/content", { id }, { version });
}
