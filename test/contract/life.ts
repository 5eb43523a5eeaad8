/** A jail's life: made, left alone, changed while it runs, restarted, stopped and started. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Properties, Stack } from "../lifecycle/engine.js";
import type { Here } from "./site.js";

const same = { base: "same", lan: "same" };

export function testLife(here: Here): void {
  describe("a jail", () => {
    let stack: Stack;
    beforeAll(() => {
      stack = here().stack("life");
    });
    const name = () => here().jail("web");
    const jid = () => here().jls("web", "jid");
    const up = (more: Properties = {}) => stack.up(here().program("web", more));

    it("is made and runs", async () => {
      const { admin, target } = here();
      expect(await up()).toEqual({ base: "create", lan: "create", [name()]: "create" });
      expect(await here().jls("web", "host.hostname", "path")).toBe(
        `${name()} ${here().containerOf("web")}`,
      );
      expect(await admin.ask(`jexec ${name()} hostname`)).toBe(name());
      const { address, jid: told } = stack.outputs[name()]!;
      expect(await here().jls("web", "ip4.addr", "jid")).toBe(`${address} ${told}`);
      expect(await admin.ask(`ifconfig ${target.interface}`)).toContain(`inet ${address} `);
      expect((await admin.ask("sysrc -n jail_list")).split(" ")).toContain(name());
    });

    it("needs nothing more, also by a refreshed state", async () => {
      await up();
      const first = await jid();
      expect(await up()).toEqual({ ...same, [name()]: "same" });
      await here().refresh(stack);
      expect(await up()).toEqual({ ...same, [name()]: "same" });
      expect(await jid()).toBe(first);
    });

    it("is changed while it runs", async () => {
      await up();
      const first = await jid();
      const parameters = { "allow.raw_sockets": true, "children.max": 2 };
      await up({ hostname: "www.example.org", parameters });
      const shown = ["jid", "host.hostname", "allow.raw_sockets", "children.max"];
      expect(await here().jls("web", ...shown)).toBe(`${first} www.example.org true 2`);
      expect(await here().admin.ask(`jexec ${name()} hostname`)).toBe("www.example.org");
      await up();
      expect(await here().jls("web", ...shown)).toBe(`${first} ${name()} false 0`);
    });

    it("is restarted where it must be", async () => {
      const { admin } = here();
      await up();
      const first = await jid();
      const mounts = [
        { source: "/usr/share/misc", target: "/mnt", readOnly: true },
        { type: "tmpfs", target: "/scratch", size: "16m", mode: "1777" },
      ];
      await up({ mounts });
      expect(await jid()).not.toBe(first);
      expect(await admin.ask(`jexec ${name()} ls /mnt`)).toBe(
        await admin.ask("ls /usr/share/misc"),
      );
      expect((await admin.run(`jexec ${name()} touch /mnt/ours`)).status).not.toBe(0);
      await admin.ask(`jexec ${name()} touch /scratch/ours`);
      await up();
      await here().eventually(`mount -p | grep -c ${here().containerOf("web")}/[ms]`, "0");
    });

    it("gets files, running and stopped", async () => {
      const { admin } = here();
      const file = `${here().containerOf("web")}/etc/pft`;
      const show = `cat ${file} && stat -f '%Lp %u:%g' ${file}`;
      const declared = (content: string) => ({
        files: { "/etc/pft": { content, mode: "0640", owner: "80:80" } },
      });
      await up(declared("one\n"));
      expect(await admin.ask(show)).toBe("one\n640 80:80");
      await up({ ...declared("two: é'$(id)\n"), running: false });
      expect(await admin.ask(show)).toBe("two: é'$(id)\n640 80:80");
      await up();
      expect((await admin.run(`[ -e ${file} ]`)).status).not.toBe(0);
    });

    it("is stopped and started, and keeps everything", async () => {
      const { admin, target } = here();
      await up();
      const { address } = stack.outputs[name()]!;
      await admin.ask(`jexec ${name()} touch /root/data`);
      const stopped = { running: false, autostart: false };
      await up(stopped);
      await here().eventually(`jls -j ${name()} jid`, "");
      await here().eventually(`mount -p | grep -c ${here().containerOf("web")}/`, "0");
      expect(await admin.ask(`ifconfig ${target.interface}`)).not.toContain(`inet ${address} `);
      expect(await admin.ask("sysrc -n jail_list")).not.toContain(name());
      await here().refresh(stack);
      expect(await up(stopped)).toEqual({ ...same, [name()]: "same" });
      await up();
      await admin.ask(`jexec ${name()} ls /root/data`);
      expect(await here().jls("web", "ip4.addr")).toBe(address);
    });

    it("lives thick beside clones", async ({ skip }) => {
      const { admin, dataset } = here();
      skip(dataset === undefined, "needs --dataset");
      const thick = here().stack("thick");
      await thick.up(here().program("thick", { type: "thick" }));
      const origin = `zfs list -H -o origin ${dataset}/containers/${here().jail("thick")}`;
      expect(await admin.ask(origin)).toBe("-");
      expect(await here().jls("thick", "name")).toBe(here().jail("thick"));
      await thick.destroy();
    });
  });
}
