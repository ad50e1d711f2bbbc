// Offsets: the server counts Unicode scalar values, JavaScript counts UTF-16 units.

import type { TextRange } from "../api/types";

/** Converts offsets of one text; what is asked in order is found without starting over. */
export class Scalars {
  private readonly text: string;
  private scalar = 0;
  private unit = 0;
  private readonly isPlain: boolean;

  constructor(text: string) {
    this.text = text;
    this.isPlain = !/[\ud800-\udbff]/.test(text);
  }

  /** Returns the index in UTF-16 units of a position in characters. */
  units(position: number): number {
    if (this.isPlain) return Math.min(position, this.text.length);
    if (position < this.scalar) {
      this.scalar = 0;
      this.unit = 0;
    }
    while (this.scalar < position && this.unit < this.text.length) {
      this.unit += this.text.codePointAt(this.unit)! > 0xffff ? 2 : 1;
      this.scalar += 1;
    }
    return this.unit;
  }

  /** Returns the part of the text between two positions in characters. */
  slice({ start, end }: TextRange): string {
    const from = this.units(start);
    return this.text.slice(from, this.units(end));
  }
}

/** Returns the stretch that two ranges share, if they do. */
export function overlap(a: TextRange, b: TextRange): TextRange | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : null;
}
