import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { decodeName, encodeName } from "../../embedded-host/programs/files/mtree/vis.js";
import { ok } from "./zfs-machine.js";

let host: EmbeddedConsole | undefined;

/** A machine with a small tree in /t: files, links, flags, owners and times are known. */
async function start(): Promise<EmbeddedConsole> {
  const console = createConsole({ speed: 50 });
  host = console;
  await ok(
    console,
    "mkdir -p /t/d/e && cd /t && echo one > a && printf '' > b && ln -s 'x y' d/l && echo two > d/f",
    "cd /t && chmod 600 a && chown 80:80 d/f && chmod -h 755 d/l",
    "cd /t && touch -h -t 202611210700.00 d/e d/l d/f d a b . && chflags schg b",
  );
  return console;
}

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

const KEYS = "-k uid,gid,mode,size,time,link,flags";

describe("mtree", () => {
  test("-c writes what most files of a directory share once, and long lines on several", async () => {
    const console = await start();
    const at = Date.UTC(2026, 10, 21, 7) / 1000;
    const time = `time=${at}.000000000`;
    expect(await ok(console, `mtree -c -n -b ${KEYS},sha256digest -p /t`)).toBe(
      [
        "/set type=file uid=0 gid=0 mode=0600 flags=none",
        `.               type=dir mode=0755 ${time}`,
        `    a           size=4 ${time} \\`,
        "                sha256digest=2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806",
        `    b           mode=0644 size=0 ${time} \\`,
        "                sha256digest=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 \\",
        "                flags=schg",
        "/set type=file uid=0 gid=0 mode=0755 flags=none",
        `d               type=dir ${time}`,
        `    f           uid=80 gid=80 mode=0644 size=4 ${time} \\`,
        "                sha256digest=27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a",
        `    l           type=link ${time} link=x\\sy`,
        `e               type=dir ${time}`,
        "..",
        "..",
        "",
      ].join("\n"),
    );
  });

  test("-C makes one line of every file", async () => {
    const console = await start();
    const output = await ok(
      console,
      `mtree -c -p /t ${KEYS} > /tmp/spec && mtree -C ${KEYS} -R time < /tmp/spec`,
    );
    expect(output).toBe(
      [
        ". type=dir uid=0 gid=0 mode=0755 flags=none",
        "./a type=file uid=0 gid=0 mode=0600 size=4 flags=none",
        "./b type=file uid=0 gid=0 mode=0644 size=0 flags=schg",
        "./d type=dir uid=0 gid=0 mode=0755 flags=none",
        "./d/f type=file uid=80 gid=80 mode=0644 size=4 flags=none",
        "./d/l type=link uid=0 gid=0 mode=0755 link=x\\sy flags=none",
        "./d/e type=dir uid=0 gid=0 mode=0755 flags=none",
        "",
      ].join("\n"),
    );
  });

  test("two specifications are compared in three columns, with status 2 when they differ", async () => {
    const console = await start();
    await ok(console, `mtree -c ${KEYS} -p /t > /tmp/1`);
    expect(await ok(console, "mtree -f /tmp/1 -f /tmp/1")).toBe("");
    await ok(console, "cd /t && rm d/l && echo more >> a && touch d/new && chmod 700 d/e");
    await ok(console, `mtree -c ${KEYS} -p /t > /tmp/2`);
    const answer = await console.run(`mtree ${KEYS} -f /tmp/1 -f /tmp/2`);
    expect(answer).toMatchObject({ status: 2, stderr: "" });
    expect(answer.stdout.replace(/ time=\S+/g, "")).toBe(
      [
        "\t\ta file size=4",
        "\t\ta file size=9",
        "d/l link gid=0 uid=0 flags=none",
        "\td/new file gid=0 mode=644 size=0 uid=0 flags=none",
        "\t\td/e dir mode=755",
        "\t\td/e dir mode=700",
        "\t\td dir",
        "\t\td dir",
        "",
      ].join("\n"),
    );
  });

  test("-x stays on the file system; the mount point itself is there", async () => {
    const console = await start();
    await ok(console, "mount -t tmpfs tmpfs /t/d", "touch /t/d/inside");
    expect(await ok(console, "mtree -c -x -n -b -k type -p /t")).not.toContain("inside");
    expect(await ok(console, "mtree -c -n -b -k type -p /t")).toContain("inside");
  });

  test("names with anything in them are one word, and come back", async () => {
    const console = await start();
    const evil = [
      "new\nline ..",
      "#x",
      "*?[",
      "back\\slash",
      "\u00e9 \u{1f600}",
      "\x01\x7f\t",
      "a=b",
    ];
    for (const name of evil) {
      expect(encodeName(name)).toMatch(/^[!-~]+$/);
      expect(decodeName(encodeName(name))).toBe(name);
    }
    expect(encodeName("a b\n#\u00e9")).toBe("a\\sb\\n\\#\\M-C\\M-)");
    for (const name of evil) console.machine.files.mkdir({ root: "/", cwd: "/t/d/e" }, name);
    const output = await ok(console, "mtree -c -n -k type -p /t/d/e | mtree -C -k type");
    const names = output.split("\n").slice(1, -1);
    expect(names.map((line) => decodeName((line.split(" ")[0] as string).slice(2))).sort()).toEqual(
      [...evil].sort(),
    );
    // Without -n the comments hold paths as they are: a directory's name can add lines.
    const injected = await console.run("mtree -c -k type -p /t/d/e | mtree -C -k type");
    expect(injected).toMatchObject({ status: 1, stderr: "mtree: missing value\n" });
  });

  test.each([
    ["mtree -c -p /nosuch", "mtree: /nosuch: No such file or directory"],
    ["mtree -c -k nosuch", "mtree: unknown keyword `nosuch'"],
    ["echo 'x type=dir' | mtree -C", "mtree: root node must be the directory `.'"],
  ])("%s fails", async (line, reason) => {
    const console = await start();
    const { status, stderr } = await console.run(line);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `${reason}\n` });
  });
});
