/** What somebody else made: refused and untouched, or adopted when that is asked for. */
import { describe, expect, it } from "vitest";
import type { Properties } from "../lifecycle/engine.js";
import { jail as declareJail, range as declareRange } from "../lifecycle/programs.js";
import type { Here, Site } from "./site.js";

/** Makes a jail by hand, in the handbook's layout, with what a clone or a copy of the base is. */
async function makeByHand(site: Site, role: string, template: Properties): Promise<void> {
  const { admin, target, dataset } = site;
  const [name, root] = [site.jail(role), site.containerOf(role)];
  await admin.ask(
    dataset === undefined
      ? `mkdir ${root} && tar -cf - -C ${template.path} . | tar -xpf - -C ${root}`
      : `zfs clone ${template.dataset}@base ${dataset}/containers/${name}`,
  );
  await admin.ask(`echo data > ${root}/root/data && mkdir -p /etc/jail.conf.d`);
  const conf = `${name} {
  host.hostname = "old.example.org";
  path = "${root}";
  interface = "${target.interface}";
  ip4.addr = "${lastAddress(site)}/32";
  mount.devfs;
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown";
}
`;
  const file = `/etc/jail.conf.d/${name}.conf`;
  await admin.ask(`cat > ${file}`, conf);
  await admin.ask(`jail -f ${file} -c ${name}`);
}

/** Far from those that the range gives away first. */
const lastAddress = ({ cidr }: Site): string => {
  const [a, b, c, d] = cidr.split("/")[0]!.split(".").map(Number);
  return `${a}.${b}.${c}.${d! + 14}`;
};

export function testForeign(here: Here): void {
  describe("a jail made by hand", () => {
    it("is refused and untouched, then adopted with its data and address", async () => {
      const site = here();
      const [name, stack] = [site.jail("hand"), site.stack("hand")];
      await stack.up([site.base()]);
      await makeByHand(site, "hand", stack.outputs.base!);
      const before = await site.picture();
      const addresses = [{ address: lastAddress(site), interface: site.target.interface }];
      const more = { type: site.type, resolver: "none", addresses };
      const declared = (adopt: boolean) => [
        site.base(),
        declareJail(site.host, name, { ...more, adopt }),
      ];
      await expect(stack.up(declared(false))).rejects.toThrow(/a jail of that name runs .*adopt/);
      expect(await site.differences(before)).toEqual([]);

      await stack.up(declared(true));
      expect(await site.jls("hand", "ip4.addr", "host.hostname")).toBe(
        `${lastAddress(site)} ${name}`,
      );
      expect(await site.admin.ask(`jexec ${name} cat /root/data`)).toBe("data");
      expect(await stack.up(declared(true))).toEqual({ base: "same", [name]: "same" });
      await stack.destroy();
    });
  });

  describe("what cannot be", () => {
    it("is an interface that the host has not: refused before anything is done", async () => {
      const site = here();
      const stack = site.stack("refused");
      const before = await site.picture();
      const range = declareRange(site.host, { cidr: site.cidr, interface: "pft0" });
      await expect(stack.up([range])).rejects.toThrow(/there is no interface pft0/);
      expect(await site.differences(before)).toEqual([]);
    });

    it("is another stack's jail, also by adoption", async () => {
      const site = here();
      const [one, two] = [site.stack("owner"), site.stack("thief")];
      await one.up(site.program("owned"));
      const before = await site.picture();
      const stolen = two.up(site.program("owned", { adopt: true }));
      await expect(stolen).rejects.toThrow(/is taken by the jail of urn:pulumi:.*-owner::/);
      await two.destroy();
      expect(await site.differences(before)).toEqual([]);
      await one.destroy();
    });
  });
}
