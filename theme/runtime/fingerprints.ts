// Texts that are known by a fingerprint alone: the identities of objects that are counted and not made.

/** Texts of which only fingerprints of 64 bits are kept: those of two can be the same, but hardly ever are. */
export class Fingerprints {
  size = 0;
  /** Pairs of numbers; two zeros are a free place. */
  private table = new Int32Array(2 * 1024);

  /** Adds a text, and says whether its fingerprint is a new one. */
  add(text: string): boolean {
    const at = this.find(text);
    if (!this.free(at)) return false;
    this.table[at] = high;
    this.table[at + 1] = low;
    if (++this.size * 4 > this.table.length) this.grow();
    return true;
  }

  /** Whether a text of the same fingerprint was added. */
  has(text: string): boolean {
    return !this.free(this.find(text));
  }

  private free(at: number): boolean {
    return this.table[at] === 0 && this.table[at + 1] === 0;
  }

  /** Where a fingerprint stands, or would. */
  private find(text: string): number {
    fingerprint(text);
    return this.place();
  }

  private place(): number {
    const { table } = this;
    const mask = table.length - 1;
    let at = (low << 1) & mask;
    while (!this.free(at) && (table[at] !== high || table[at + 1] !== low)) at = (at + 2) & mask;
    return at;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0 && old[i + 1] === 0) continue;
      high = old[i]!;
      low = old[i + 1]!;
      const at = this.place();
      this.table[at] = high;
      this.table[at + 1] = low;
    }
  }
}

// The fingerprint at hand: numbers of 32 bits, of which engines make no objects.
let high = 0;
let low = 0;

/** Two hashes of the kind of FNV-1a, with different beginnings and factors. */
function fingerprint(text: string): void {
  let a = 0x811c9dc5 | 0;
  let b = 0x2f0b4c47 | 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x5bd1e995);
    b ^= b >>> 15;
  }
  high = a;
  low = (b ^ (b >>> 13)) | 1; // never a free place
}
