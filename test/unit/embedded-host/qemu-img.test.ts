/** Disk images of the embedded host, read and written by the real qemu-img where this computer has it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportImage } from "../../../provider/freebsd/mkimg.js";
import { createConsole } from "../../embedded-host/console.js";

const found = JSON.parse(
  execFileSync(process.execPath, [join(__dirname, "../../tools/programs.mjs"), "qemu-img"], {
    encoding: "utf8",
  }),
) as { path?: string; reason?: string };

const name = "the real qemu-img";
const suite = found.path ? name : `${name} [skipped: ${found.reason}]`;

/** What mkimg(1) calls the formats, and what qemu-img does. */
const formats = [
  ["raw", "raw"],
  ["qcow2", "qcow2"],
  ["vmdk", "vmdk"],
  ["vhd", "vpc"],
] as const;

type Console = ReturnType<typeof createConsole>;

const root = { root: "/", cwd: "/" };

describe.skipIf(found.path === undefined)(suite, () => {
  const directory = mkdtempSync(join(tmpdir(), "qemu-img-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  const here = (file: string) => join(directory, file);
  const qemu = (...words: string[]) => execFileSync(found.path!, words, { encoding: "utf8" });

  async function prepare(): Promise<Console> {
    const host = createConsole({ release: "13.2-RELEASE", qemuTools: true });
    await run(host, "mkdir -p /i/mnt && truncate -s 64m /i/ufs && mdconfig -a -t vnode -f /i/ufs");
    await run(host, "newfs /dev/md0 && mount /dev/md0 /i/mnt && cp -R /etc /i/mnt/etc");
    await run(host, "umount /i/mnt && mdconfig -d -u 0");
    return host;
  }

  async function run(host: Console, command: string): Promise<string> {
    const { status, stdout, stderr } = await host.run(command);
    expect([command, status, stderr]).toEqual([command, 0, expect.any(String)]);
    return stdout;
  }

  const fetch = (host: Console, path: string, file: string) =>
    writeFileSync(here(file), host.machine.files.read(root, path));

  it.each(formats)("opens what is exported as %s", async (format, theirs) => {
    const host = await prepare();
    const [, mkimg] = exportImage({ format, file: "/i/ufs", label: "room", path: "/i/x" });
    await run(host, `${mkimg!.argv.join(" ")} && mv /i/x.new /i/x`);
    await run(host, `qemu-img convert -f ${theirs} -O raw /i/x /i/disk`);
    fetch(host, "/i/x", "x");
    fetch(host, "/i/disk", "disk");
    const info = JSON.parse(qemu("info", "--output=json", "-f", theirs, here("x"))) as object;
    const size = readFileSync(here("disk")).length;
    expect(info).toMatchObject({ format: theirs, "virtual-size": size });
    // There is nothing to check in the other two.
    if (theirs === "qcow2" || theirs === "vmdk")
      expect(qemu("check", "-f", theirs, here("x"))).toContain("No errors were found");
    const compared = qemu("compare", "-f", theirs, "-F", "raw", here("x"), here("disk"));
    expect(compared).toContain("Images are identical");
  });

  it.each(formats.slice(1))("writes what is read as %s", async (format, theirs) => {
    const host = await prepare();
    await run(host, "mkimg -f raw -o /i/disk -s gpt -p freebsd-ufs/room:=/i/ufs");
    fetch(host, "/i/disk", "disk");
    const options = format === "vhd" ? ["-o", "force_size=on"] : [];
    qemu("convert", "-f", "raw", "-O", theirs, ...options, here("disk"), here("x"));
    host.machine.files.write(root, "/i/x", readFileSync(here("x")));
    await run(host, `qemu-img convert -f ${theirs} -O raw /i/x /i/again`);
    const [disk, again] = ["/i/disk", "/i/again"].map((path) =>
      host.machine.files.read(root, path),
    );
    // Sizes are rounded up to whole clusters.
    expect(again!.subarray(0, disk!.length).equals(disk!)).toBe(true);
  });
});
