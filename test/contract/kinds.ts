/** What jails are made of beside a base: packages as layers, an image, a Linux system. */
import { describe, expect, it } from "vitest";
import type { Declaration, Properties } from "../lifecycle/engine.js";
import { baseOf } from "../lifecycle/programs.js";
import type { Here, Site } from "./site.js";

/** A package of what a jail of the program has beyond its base. */
const packageOf = (site: Site, role: string): Declaration => ({
  kind: "JailPackage",
  name: "app",
  inputs: (outputs) => {
    const { name, type } = outputs[site.jail(role)] ?? {};
    const jail = { name, type, base: baseOf(outputs) };
    return { host: site.host, name: site.jail("app"), version: "1.0", jail };
  },
});

/** The last jail of a program with the package as its layer. */
function withLayer(program: readonly Declaration[]): Declaration[] {
  const last = program.at(-1)!;
  const inputs = (outputs: Record<string, Properties>) => {
    const { path, sha256 } = outputs.app ?? {};
    return { ...last.inputs(outputs), layers: [{ path, sha256 }] };
  };
  return [...program.slice(0, -1), { ...last, inputs }];
}

export function testPackages(here: Here): void {
  describe("a jail package", () => {
    it("is made of a jail, put into another one, and taken out again", async () => {
      const site = here();
      const [from, to, stack] = [site.jail("made"), site.jail("layered"), site.stack("package")];
      const source = site.program("made");
      const made = [...source, packageOf(site, "made")];
      await stack.up(source);
      await site.admin.ask(
        `jexec ${from} sh -c 'mkdir -p /usr/local/etc && echo one >/usr/local/etc/pft && rm /etc/motd.template'`,
      );
      const other = site.program("layered").slice(-1);
      await stack.up([...made, ...withLayer(other)]);
      expect(await site.admin.ask(`jexec ${to} cat /usr/local/etc/pft`)).toBe("one");
      expect((await site.admin.run(`jexec ${to} ls /etc/motd.template`)).status).not.toBe(0);
      await site.refresh(stack);
      expect(await stack.up([...made, ...withLayer(other)])).toMatchObject({ [to]: "same" });
      await stack.up([...made, ...other]);
      expect((await site.admin.run(`jexec ${to} ls /usr/local/etc/pft`)).status).not.toBe(0);
      await site.admin.ask(`jexec ${to} ls /etc/motd.template`);
      await stack.destroy();
    });
  });
}

export function testImage(here: Here): void {
  describe("an image jail", () => {
    it("lives in a file that grows, is attached while it runs, and goes with it", async () => {
      const site = here();
      const { admin } = site;
      const [name, stack] = [site.jail("image"), site.stack("image")];
      const up = (size: string, more: Properties = {}) =>
        stack.up(site.program("image", { type: "image", image: { size }, ...more }));
      const disks = `mdconfig -l -v | grep ${site.containerOf("image")}`;
      await up("4g");
      const file = (await admin.ask(disks)).split(/\s+/).find((word) => word.startsWith("/"));
      await admin.ask(`jexec ${name} touch /root/kept`);
      await up("5g");
      expect(await admin.ask(`stat -f %z ${file}`)).toBe(`${5 * 2 ** 30}`);
      await up("5g", { running: false, autostart: false });
      await site.eventually(disks, "");
      await up("5g");
      await admin.ask(`jexec ${name} ls /root/kept`);
      await stack.destroy();
      expect((await admin.run(`[ -e ${file} ]`)).status).not.toBe(0);
    });
  });
}

export function testLinux(here: Here): void {
  describe("a Linux jail", () => {
    it("is made of an archive, and has what Linux programs need", async ({ skip }) => {
      const site = here();
      const { admin } = site;
      const runs = (await admin.run("kldstat -q -m linux64elf")).status === 0;
      skip(!runs, "needs a host that runs Linux programs: service linux start");
      const [tree, path] = [`/tmp/${site.run}`, `/tmp/${site.run}.txz`];
      // No program of it runs: none is known to be on the host.
      await admin.ask(
        `mkdir -p ${tree} && cd ${tree} && mkdir dev etc proc sys tmp && printf 'ID=alpine\\nVERSION_ID=0\\n' >etc/os-release && tar -cJf ${path} . && cd / && rm -r ${tree}`,
      );
      const sha256 = await admin.ask(`sha256 -q ${path}`);
      const linux: Declaration = {
        kind: "LinuxBase",
        name: "linux",
        inputs: () => ({ host: site.host, distribution: "alpine", archive: { path, sha256 } }),
      };
      const [, lan, jail] = site.program("linux");
      const inputs = (outputs: Record<string, Properties>) => {
        const { templateName, path: at, dataset, release, distribution } = outputs.linux ?? {};
        const base = { templateName, path: at, dataset, release, distribution };
        return { ...jail!.inputs(outputs), base };
      };
      const stack = site.stack("linux");
      await stack.up([linux, lan!, { ...jail!, inputs }]);
      const types = "devfs\nfdescfs\nlinprocfs\nlinsysfs\ntmpfs";
      const mounted = `mount -p | grep ${site.containerOf("linux")}/ | tr -s '\\t ' ' ' | cut -d ' ' -f 3 | sort`;
      expect(await admin.ask(mounted)).toBe(types);
      expect(await admin.ask(`ls ${site.containerOf("linux")}/dev`)).toContain("null");
      await stack.destroy();
      await admin.ask(`rm ${path}`);
    });
  });
}
