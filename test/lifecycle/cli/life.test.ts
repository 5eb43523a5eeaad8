/** The whole life of jails through the real CLI, asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import {
  ask,
  changesOf,
  destroyWithoutTrace,
  patience,
  programFor,
  succeed,
  withHostAndStack,
} from "./programs.js";

const zfs = { host: { dataset: "tank/jails" } };
const clone = (more = "") => `{ type: "clone", hostname: "web.example.org", ${more} }`;
const jails = (web = clone()) => ({ db: "{}", web, mail: clone() });
const none = { create: 0, update: 0, delete: 0, replace: 0, same: 5 };

describe("a stack on ZFS", patience, () => {
  it("lives from its first preview to its destruction", async () => {
    const options = { zpool: "tank", declared: { ...zfs, jails: jails() } };
    await withHostAndStack(options, async (world) => {
      const { host, stack } = world;
      const declare = (web: string) =>
        stack.setProgram(programFor(host, { ...zfs, jails: jails(web) }));

      expect((await succeed(stack.preview())).summary).toMatchObject({ create: 5 });
      expect(host.counters.connections).toBe(0);

      expect((await succeed(stack.up())).summary).toMatchObject({ create: 5 });
      expect((await ask(host, "jls -q name")).split("\n").sort()).toEqual(["db", "mail", "web"]);
      const outputs = await stack.outputs();
      for (const name of ["db", "web", "mail"]) {
        expect(await ask(host, `jls -j ${name} ip4.addr`)).toBe(outputs[name]);
      }
      expect(await ask(host, "zfs list -Ho origin tank/jails/containers/web")).toMatch(/@base$/);
      expect(await ask(host, "zfs list -Ho origin tank/jails/containers/db")).toBe("-");
      expect(await ask(host, "ls /usr/local/jails/.pulumi-freebsd/leases | wc -l")).toBe("3");

      expect((await succeed(stack.up())).summary).toEqual(none);
      await succeed(stack.refresh());
      await succeed(stack.preview({ expectNoChanges: true }));

      const jid = await ask(host, "jls -j web jid");
      const live = clone('parameters: { "allow.raw_sockets": true }').replace("web.", "www.");
      await declare(live);
      const { connections, processes } = host.counters;
      const told = await succeed(stack.preview());
      expect(told.stdout).toContain("jail web: live change (hostname, allow.raw_sockets)");
      expect(told.stdout).toContain("jail web, warning: parameters.allow.raw_sockets: its root");
      expect(host.counters).toMatchObject({ connections, processes });
      expect(changesOf(await succeed(stack.up()))).toEqual(["web: update"]);
      expect(await ask(host, "jls -j web jid host.hostname allow.raw_sockets")).toBe(
        `${jid} www.example.org true`,
      );

      await declare(clone('mounts: [{ source: "/usr/share", target: "/mnt", readOnly: true }]'));
      const announced = await succeed(stack.preview());
      expect(announced.stdout).toMatch(
        /jail web: restart \(mounts: \/mnt added\); live change \(.*hostname/,
      );
      expect(changesOf(await succeed(stack.up()))).toEqual(["web: update"]);
      const restarted = Number(await ask(host, "jls -j web jid"));
      // Three jails were started before, and this one once more.
      expect(restarted).toBe(4);
      expect(await ask(host, "jexec web ls /mnt")).not.toBe("");

      await host.run("jail -m name=db host.hostname=evil allow.raw_sockets=1");
      await host.run("jail -f /etc/jail.conf.d/mail.conf -r mail");
      const drift = await succeed(stack.refresh());
      expect(changesOf(drift).sort()).toEqual(["db: update", "mail: update"]);
      const repair = await succeed(stack.preview());
      expect(repair.stdout).toContain("jail db: live change (hostname, allow.raw_sockets)");
      expect(repair.stdout).toContain("jail mail: live change (start)");
      expect(changesOf(await succeed(stack.up())).sort()).toEqual(["db: update", "mail: update"]);
      expect(await ask(host, "jls -j db host.hostname allow.raw_sockets")).toBe("db false");
      expect(await ask(host, "jls -j mail name ip4.addr")).toBe(`mail ${outputs.mail}`);
      expect(Number(await ask(host, "jls -j web jid"))).toBe(restarted);

      expect((await destroyWithoutTrace(world)).summary).toMatchObject({ delete: 5 });
    });
  });
});
