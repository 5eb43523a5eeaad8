import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import { decodeXz } from "../../embedded-host/kernel/xz/decode.js";
import { encodeXz } from "../../embedded-host/kernel/xz/encode.js";

/** Bytes with repetitions near and far, and stretches without any. */
function sample(size: number): Buffer {
  const words = Array.from({ length: 200 }, (_, n) =>
    createHash("md5").update(`${n}`).digest("hex"),
  );
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < size; n += 1) {
    const digest = createHash("sha512").update(`${n}`).digest();
    const word = words[(n * 7919) % words.length] as string;
    const piece = n % 5 === 0 ? digest : Buffer.from(`${word.slice(n % 13)}\n`);
    pieces.push(piece);
    at += piece.length;
  }
  return Buffer.concat(pieces).subarray(0, size);
}

const xz = (args: string[], input: Buffer): Buffer =>
  execFileSync("xz", args, { input, maxBuffer: 1 << 26 });

test.each([0, 1, 65536, 65537, 1_000_000])("xz reads %d bytes that were written here", (size) => {
  const content = sample(size);
  expect(xz(["-dc"], encodeXz(content)).equals(content)).toBe(true);
  expect(decodeXz(encodeXz(content)).content.equals(content)).toBe(true);
});

test.each([
  ["-0"],
  ["-6"],
  ["-9e"],
  ["--check=crc32"],
  ["--check=sha256"],
  ["--block-size=100000"],
  ["--lzma2=lc=0,lp=2,pb=0"],
])("what xz %s writes is read here", (option) => {
  const content = sample(700_000);
  const packed = xz([option, "-T1", "-c"], content);
  expect(packed.length).toBeLessThan(content.length);
  const decoded = decodeXz(packed);
  expect(decoded.problem).toBeUndefined();
  expect(decoded.content.equals(content)).toBe(true);
});

test("several streams, one after another, are one content", () => {
  const both = Buffer.concat([
    xz(["-c"], Buffer.from("one ")),
    Buffer.alloc(4),
    encodeXz(Buffer.from("two")),
  ]);
  expect(decodeXz(both).content.toString()).toBe("one two");
});

test("a file that was cut or changed is told, with what can be read of it", () => {
  const content = sample(200_000);
  const stored = encodeXz(content);
  const cut = decodeXz(stored.subarray(0, 150_000));
  expect(cut.problem).toBe("truncated");
  expect(cut.content.equals(content.subarray(0, cut.content.length))).toBe(true);
  expect(cut.content.length).toBeGreaterThan(100_000);
  const changed = Buffer.from(stored);
  changed[1000] = (changed[1000] as number) ^ 1;
  expect(decodeXz(changed).problem).toBe("corrupt");
  const packed = xz(["-c"], content);
  packed[5000] = (packed[5000] as number) ^ 1;
  expect(decodeXz(packed).problem).toBe("corrupt");
});

describe("tar and xz of a host", () => {
  const host = createConsole();
  const root = { root: "/", cwd: "/" };
  const { files } = host.machine;
  const folder = mkdtempSync(join(tmpdir(), "xz-"));
  afterEach(() => expect(host.kernel.defects).toEqual([]));

  test("an archive of -J is read by the tar of this computer, and the other way round", async () => {
    await host.run(
      "mkdir -p /t/d && cd /t && echo content > d/f && ln -s f d/s && tar -cJf a.txz d",
    );
    writeFileSync(join(folder, "a.txz"), files.read(root, "/t/a.txz"));
    execFileSync("tar", ["-xJf", "a.txz"], { cwd: folder });
    expect(readFileSync(join(folder, "d/s"), "utf8")).toBe("content\n");
    writeFileSync(join(folder, "big"), sample(300_000));
    execFileSync("tar", ["-cJf", "b.txz", "big"], { cwd: folder });
    files.write(root, "/t/b.txz", readFileSync(join(folder, "b.txz")));
    expect((await host.run("cd /t && tar -xf b.txz && tar -tJf a.txz")).stdout).toBe(
      "d/\nd/f\nd/s\n",
    );
    expect(files.read(root, "/t/big").equals(sample(300_000))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  test("an archive that was changed or cut is refused", async () => {
    const bytes = Buffer.from(files.read(root, "/t/b.txz"));
    bytes[500] = (bytes[500] as number) ^ 1;
    files.write(root, "/t/c.txz", bytes);
    expect((await host.run("tar -tf /t/c.txz")).stderr).toBe(
      "tar: Error opening archive: Lzma library error: Corrupted input data\n",
    );
    files.write(root, "/t/c.txz", files.read(root, "/t/a.txz").subarray(0, 3000));
    expect((await host.run("tar -tf /t/c.txz")).status).toBe(1);
  });

  test("xz packs files in their place, and unpacks them", async () => {
    const run = async (line: string) => {
      const { stdout, stderr } = await host.run(`cd /t; ${line}`);
      return stdout + stderr;
    };
    await run("echo text > f; chown 3:4 f; chmod 640 f");
    expect(await run("xz -9 -T0 f; ls f*; stat -f %Lp:%u:%g f.xz; xzcat f.xz")).toBe(
      "f.xz\n640:3:4\ntext\n",
    );
    expect(await run("xz -dk f.xz; cat f; unxz -c f.xz | xz | xz -dc; xz -t f.xz; ls f*")).toBe(
      "text\ntext\nf\nf.xz\n",
    );
    expect(await run("xz f; xz -f f; ls f*; xz -d d; xz x; echo no | xz -d")).toBe(
      "f.xz\nxz: f: File exists\nxz: d: Not a regular file, skipping\n" +
        "xz: x: No such file or directory\nxz: (stdin): File format not recognized\n",
    );
  });
});
