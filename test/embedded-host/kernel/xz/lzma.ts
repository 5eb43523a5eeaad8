import type { RangeDecoder } from "./range.js";

/** Bytes that were decoded so far: the dictionary of those to come. */
export class Output {
  private bytes = Buffer.alloc(1 << 16);
  length = 0;
  /** Where the present block begins. */
  block = 0;
  /** Where the dictionary begins. */
  start = 0;

  push(byte: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  append(data: Uint8Array): void {
    if (this.length + data.length > this.bytes.length) this.grow(data.length);
    this.bytes.set(data, this.length);
    this.length += data.length;
  }

  /** The byte that many bytes back: 1 is the last one. */
  back(distance: number): number {
    return distance > this.length - this.start ? 0 : (this.bytes[this.length - distance] as number);
  }

  get content(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private grow(more: number): void {
    const larger = Buffer.alloc(Math.max(2 * this.bytes.length, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const half = 1024;
const fresh = (count: number) => new Uint16Array(count).fill(half);

/** Probabilities of the lengths of matches. */
class Lengths {
  private readonly choice = fresh(2);
  private readonly low = fresh(16 << 3);
  private readonly middle = fresh(16 << 3);
  private readonly high = fresh(256);

  decode(range: RangeDecoder, place: number): number {
    if (range.bit(this.choice, 0) === 0) return 2 + range.tree(this.low, place << 3, 3);
    if (range.bit(this.choice, 1) === 0) return 10 + range.tree(this.middle, place << 3, 3);
    return 18 + range.tree(this.high, 0, 8);
  }
}

/** The state of LZMA, as LZMA2 resets it: probabilities, the last distances, what kind of things came last. */
export class LzmaState {
  private state = 0;
  private readonly distances: [number, number, number, number] = [0, 0, 0, 0];
  private readonly isMatch = fresh(12 << 4);
  private readonly isRepeat = fresh(12);
  private readonly isRepeat0 = fresh(12);
  private readonly isRepeat1 = fresh(12);
  private readonly isRepeat2 = fresh(12);
  private readonly isLong = fresh(12 << 4);
  private readonly slots = fresh(4 << 6);
  private readonly special = fresh(128);
  private readonly align = fresh(16);
  private readonly matchLengths = new Lengths();
  private readonly repeatLengths = new Lengths();
  private readonly literals: Uint16Array;

  constructor(private readonly properties: Properties) {
    this.literals = fresh(0x300 << (properties.context + properties.literalPlace));
  }

  /** Decodes until the output has that length. */
  decode(range: RangeDecoder, output: Output, until: number): void {
    while (output.length < until) {
      const place = (output.length - output.start) & ((1 << this.properties.place) - 1);
      const at = (this.state << 4) + place;
      if (range.bit(this.isMatch, at) === 0) this.literal(range, output);
      else this.copy(range, output, place);
    }
    if (output.length > until) throw new RangeError("a match crosses the end of its chunk");
  }

  private literal(range: RangeDecoder, output: Output): void {
    const { context, literalPlace } = this.properties;
    const place = (output.length - output.start) & ((1 << literalPlace) - 1);
    const before = output.back(1) >>> (8 - context);
    const base = 0x300 * ((place << context) + before);
    let symbol = 1;
    if (this.state >= 7) {
      let match = output.back(this.distances[0] + 1);
      while (symbol < 0x100) {
        const wanted = (match >>> 7) & 1;
        match = (match << 1) & 0xff;
        const bit = range.bit(this.literals, base + ((1 + wanted) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== wanted) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(this.literals, base + symbol);
    output.push(symbol & 0xff);
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private copy(range: RangeDecoder, output: Output, place: number): void {
    const length =
      range.bit(this.isRepeat, this.state) === 0
        ? this.match(range, place)
        : this.repeat(range, place);
    const distance = this.distances[0] + 1;
    if (distance > output.length - output.start) throw new RangeError("a match begins too early");
    for (let count = 0; count < length; count += 1) output.push(output.back(distance));
  }

  private match(range: RangeDecoder, place: number): number {
    const [first, second, third] = this.distances;
    const length = this.matchLengths.decode(range, place);
    this.state = this.state < 7 ? 7 : 10;
    const distance = this.distance(range, Math.min(length - 2, 3));
    Object.assign(this.distances, [distance, first, second, third]);
    return length;
  }

  private distance(range: RangeDecoder, kind: number): number {
    const slot = range.tree(this.slots, kind << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + range.reverseTree(this.special, base - slot, bits);
    return base + range.direct(bits - 4) * 16 + range.reverseTree(this.align, 0, 4);
  }

  private repeat(range: RangeDecoder, place: number): number {
    if (range.bit(this.isRepeat0, this.state) === 0) {
      if (range.bit(this.isLong, (this.state << 4) + place) === 0) {
        this.state = this.state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      const second = range.bit(this.isRepeat1, this.state) === 0;
      const which = second ? 1 : 2 + range.bit(this.isRepeat2, this.state);
      const [distance] = this.distances.splice(which, 1) as [number];
      this.distances.unshift(distance);
    }
    const length = this.repeatLengths.decode(range, place);
    this.state = this.state < 7 ? 8 : 11;
    return length;
  }
}

/** How many bits of the last byte and of the position decide on probabilities: lc, lp and pb of xz(1). */
export interface Properties {
  readonly context: number;
  readonly literalPlace: number;
  readonly place: number;
}

/** The properties in a byte of a chunk's header. */
export function propertiesOf(byte: number): Properties {
  if (byte > (4 * 5 + 4) * 9 + 8) throw new RangeError("no such properties");
  const rest = Math.floor(byte / 9);
  return { context: byte % 9, literalPlace: rest % 5, place: Math.floor(rest / 5) };
}
