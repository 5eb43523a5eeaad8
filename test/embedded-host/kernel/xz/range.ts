/** The range decoder of LZMA: bits with probabilities that adapt. */
export class RangeDecoder {
  private range = 0;
  private code = 0;
  private at = 0;
  private end = 0;

  constructor(private readonly data: Uint8Array) {}

  /** Starts a chunk of the data. */
  start(from: number, to: number): void {
    this.range = 0xffffffff;
    this.code = 0;
    this.end = to;
    // The first of five bytes is always zero.
    this.at = from + 1;
    for (let count = 0; count < 4; count += 1) this.code = ((this.code << 8) | this.next()) >>> 0;
  }

  /** A bit with the probability at `index`. */
  bit(odds: Uint16Array, index: number): 0 | 1 {
    this.normalise();
    const odd = odds[index] as number;
    const bound = (this.range >>> 11) * odd;
    if (this.code < bound) {
      this.range = bound;
      odds[index] = odd + ((2048 - odd) >>> 5);
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    odds[index] = odd - (odd >>> 5);
    return 1;
  }

  /** A number of `bits` bits, the highest first, by a tree of probabilities. */
  tree(odds: Uint16Array, start: number, bits: number): number {
    let node = 1;
    for (let count = 0; count < bits; count += 1) node = (node << 1) | this.bit(odds, start + node);
    return node - (1 << bits);
  }

  /** The same with the lowest bit first. */
  reverseTree(odds: Uint16Array, start: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      const bit = this.bit(odds, start + node);
      node = (node << 1) | bit;
      value |= bit << count;
    }
    return value;
  }

  /** Bits that are as often 0 as 1. */
  direct(bits: number): number {
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      this.normalise();
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit) this.code -= this.range;
      value = value * 2 + bit;
    }
    return value;
  }

  private normalise(): void {
    if (this.range >= 0x1000000) return;
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.next()) >>> 0;
  }

  private next(): number {
    if (this.at >= this.end) throw new RangeError("the data of a chunk ends too early");
    this.at += 1;
    return this.data[this.at - 1] as number;
  }
}
