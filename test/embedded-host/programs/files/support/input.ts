import { FsError, type Reader } from "../../../contract.js";
import { deviceBytes } from "../../../kernel/devices.js";
import type { Run } from "./options.js";

const piece = 65536;

/** Opens an operand for reading: "-" and /dev/stdin are the standard input, devices have no end. */
export function openInput(run: Run, path: string | undefined): Reader {
  if (path === undefined || path === "-") return run.process.stdin;
  const { files, process } = run;
  const stat = files.stat(process, path);
  if (stat.type === "chardev") return openDevice(run, stat.device ?? "");
  if (stat.type === "directory") {
    // Opening a directory works, only reading fails; tools report it either way.
    files.readdir(process, path);
    throw new FsError("EISDIR", path);
  }
  return pieces(files.read(process, path));
}

/** Everything that can be read from an operand. */
export function readInput(run: Run, path: string | undefined): Promise<Buffer> {
  return openInput(run, path).all();
}

function openDevice(run: Run, device: string): Reader {
  if (device === "stdin" || device === "0") return run.process.stdin;
  if (device === "zero" || device === "full") return endless(run, () => Buffer.alloc(piece));
  if (device === "random" || device === "urandom") return endless(run, () => randomBytes(run));
  return pieces(deviceBytes(run.process.machine, device), 16 * piece);
}

function randomBytes(run: Run): Buffer {
  const bytes = Buffer.alloc(piece);
  for (let at = 0; at < piece; at += 4) {
    bytes.writeUInt32LE(Math.floor(run.process.machine.random() * 2 ** 32), at);
  }
  return bytes;
}

function endless(run: Run, next: () => Buffer): Reader {
  return {
    async read() {
      // A tool that reads for ever must still be killable.
      await run.process.sleep(0);
      return next();
    },
    all() {
      return Promise.reject(new FsError("EFBIG"));
    },
  };
}

function pieces(data: Buffer, size = piece): Reader {
  let at = 0;
  return {
    read() {
      if (at >= data.length) return Promise.resolve(null);
      at += size;
      return Promise.resolve(data.subarray(at - size, at));
    },
    all() {
      const rest = data.subarray(at);
      at = data.length;
      return Promise.resolve(rest);
    },
  };
}
