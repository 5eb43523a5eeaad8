import { readInput } from "./support/input.js";
import { tool, warn } from "./support/options.js";

/** cksum(1): the CRC of POSIX over the content and its length. */
export const cksum = tool(
  { options: "", usage: ["cksum [-o 1 | 2 | 3] [file ...]"], usageStatus: 1 },
  async (run) => {
    let status = 0;
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      try {
        const data = await readInput(run, path);
        const name = run.operands.length > 0 ? ` ${path}` : "";
        run.process.stdout.write(`${posixCrc(data)} ${data.length}${name}\n`);
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  },
);

function posixCrc(data: Buffer): number {
  let crc = 0;
  for (const byte of data) crc = step(crc, byte);
  for (let length = data.length; length > 0; length = Math.floor(length / 256)) {
    crc = step(crc, length & 255);
  }
  return ~crc >>> 0;
}

function step(crc: number, byte: number): number {
  let value = crc ^ (byte << 24);
  for (let bit = 0; bit < 8; bit += 1)
    value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
}
