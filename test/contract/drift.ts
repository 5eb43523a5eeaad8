/** What an admin changes by hand is seen by refresh, and changed back by up. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Declaration, Stack } from "../lifecycle/engine.js";
import type { Here, Site } from "./site.js";

interface Drift {
  readonly what: string;
  /** What the admin does. */
  readonly behind: (jail: string, site: Site) => string;
  /** How it shows, and what it must be again. */
  readonly look: (jail: string, site: Site) => string;
  readonly expected: RegExp;
  /** The jail is down, and is started again. */
  readonly stops?: boolean;
}

const file = (jail: string, { root }: Site) => `${root}/containers/${jail}/etc/pft`;

const drifts: readonly Drift[] = [
  {
    what: "a flag that was changed",
    behind: (jail) => `jail -m name=${jail} allow.raw_sockets=1`,
    look: (jail) => `jls -j ${jail} allow.raw_sockets`,
    expected: /^false$/,
  },
  {
    what: "a host name that was changed",
    behind: (jail) => `jail -m name=${jail} host.hostname=surprise`,
    look: (jail) => `jls -j ${jail} host.hostname`,
    expected: /^pft-/,
  },
  {
    what: "an alias that was taken away",
    behind: (jail, { target }) =>
      `ifconfig ${target.interface} inet "$(jls -j ${jail} ip4.addr)" -alias`,
    look: (jail, { target }) =>
      `ifconfig ${target.interface} | grep -c "inet $(jls -j ${jail} ip4.addr) "`,
    expected: /^1$/,
  },
  {
    what: "a file that was changed",
    behind: (jail, site) => `echo changed > ${file(jail, site)}`,
    look: (jail, site) => `cat ${file(jail, site)}`,
    expected: /^ours$/,
  },
  {
    what: "a file that was removed",
    behind: (jail, site) => `rm ${file(jail, site)}`,
    look: (jail, site) => `cat ${file(jail, site)}`,
    expected: /^ours$/,
  },
  {
    what: "a jail that is not started at boot any more",
    behind: (jail) => `sysrc jail_list-=${jail}`,
    look: (jail) => `sysrc -n jail_list | grep -c ${jail}`,
    expected: /^1$/,
  },
  {
    what: "a jail that was stopped",
    behind: (jail) => `jail -f /etc/jail.conf.d/${jail}.conf -r ${jail}`,
    look: (jail) => `jls -j ${jail} name`,
    expected: /^pft-/,
    stops: true,
  },
  {
    what: "a jail that was killed",
    behind: (jail) => `jail -R ${jail}`,
    look: (jail) => `jls -j ${jail} name`,
    expected: /^pft-/,
    stops: true,
  },
];

export function testDrift(here: Here): void {
  describe("drift", () => {
    let stack: Stack;
    beforeAll(() => {
      stack = here().stack("drift");
    });
    const declared = (): Declaration[] =>
      here().program("drift", { files: { "/etc/pft": { content: "ours\n" } } });

    it.each(drifts)("is repaired: $what", async ({ behind, look, expected, stops }) => {
      const site = here();
      const jail = site.jail("drift");
      const same = { base: "same", lan: "same" };
      await stack.up(declared());
      const first = await site.jls("drift", "jid");
      await site.admin.ask(behind(jail, site));
      await site.refresh(stack);
      expect(await stack.up(declared())).toEqual({ ...same, [jail]: "update" });
      await site.eventually(look(jail, site), expected);
      if (!stops) expect(await site.jls("drift", "jid")).toBe(first);
      await site.refresh(stack);
      expect(await stack.up(declared())).toEqual({ ...same, [jail]: "same" });
    });

    it("of everything makes the jail anew", async () => {
      const site = here();
      const jail = site.jail("drift");
      await stack.up(declared());
      const [conf, root] = [`/etc/jail.conf.d/${jail}.conf`, site.containerOf("drift")];
      await site.admin.ask(`jail -f ${conf} -r ${jail} && rm ${conf}`);
      const { dataset } = site;
      await site.admin.insist(
        dataset === undefined
          ? `chflags -R 0 ${root} && rm -rfx ${root}`
          : `zfs destroy ${dataset}/containers/${jail}`,
      );
      await site.refresh(stack);
      expect(await stack.up(declared())).toMatchObject({ [jail]: "create" });
      await site.eventually(`jls -j ${jail} name`, jail);
    });
  });
}
