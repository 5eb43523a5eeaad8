import { describe, expect, it } from "vitest";
import { base, jail, range } from "./programs.js";
import type { Properties } from "./engine.js";
import { countPrograms, type Flow, type Mode, runWithCut, type When } from "./sweep.js";
import type { World } from "./world.js";

const directory = {};
const zfs = { dataset: "tank/jails" };
const lower = ({ login }: World) => [base(login), range(login)];
const web =
  (more: Properties = {}) =>
  (world: World) => [...lower(world), jail(world.login, "web", more)];
const nothing = () => [];

const flows: Record<string, Flow> = {
  "create a base": { options: directory, from: nothing, to: ({ login }) => [base(login)] },
  "create a base on ZFS": { options: zfs, from: nothing, to: ({ login }) => [base(login)] },
  "create a range": { options: directory, from: nothing, to: ({ login }) => [range(login)] },
  "create a thick jail": { options: directory, from: lower, to: web() },
  "create a clone": { options: zfs, from: lower, to: web({ type: "clone" }) },
  "change in place": {
    options: directory,
    from: web(),
    to: web({ hostname: "www", parameters: { "allow.raw_sockets": true } }),
  },
  restart: {
    options: directory,
    from: web(),
    to: web({ mounts: [{ source: "/usr/share", target: "/mnt/share", readOnly: true }] }),
  },
  "write files": {
    options: directory,
    from: web({ files: { "/etc/old": { content: "old\n" } } }),
    to: web({ files: { "/etc/new": { content: "new\n" } } }),
  },
  stop: { options: directory, from: web(), to: web({ running: false, autostart: false }) },
  "delete a thick jail": { options: directory, from: web(), to: lower },
  "delete a clone": { options: zfs, from: web({ type: "clone" }), to: lower },
  "delete a base": { options: directory, from: ({ login }) => [base(login)], to: nothing },
  "delete a base on ZFS": { options: zfs, from: ({ login }) => [base(login)], to: nothing },
  "delete a range": { options: directory, from: ({ login }) => [range(login)], to: nothing },
};

const cuts: [string, When, Mode][] = [
  ["before", { when: "before" }, "died"],
  ["after", { when: "after" }, "healed"],
  ["after", { when: "after", silent: true }, "overtaken"],
];

describe.each(Object.entries(flows))("%s", (_, flow) => {
  it.each(cuts)(
    "cut %s every program (%o, %s)",
    { timeout: 300_000 },
    async (_when, when, mode) => {
      const count = await countPrograms(flow);
      expect(count).toBeGreaterThan(5);
      for (let at = 1; at <= count; at++) {
        await runWithCut(flow, at, when, mode).catch((error: Error) => {
          error.message = `cut at program ${at} of ${count}: ${error.message}`;
          throw error;
        });
      }
    },
  );
});
