/** The table of jail parameters against what real kernels listed, and what jail -m answered. */
import { describe, expect, it } from "vitest";
import {
  findParameter,
  isKernelParameter,
  isOpen,
  kernelDefaults,
  managedParameters,
  nearestParameter,
  noParameter,
} from "../../../provider/freebsd/parameters.js";
import { parameterTable } from "../../../provider/freebsd/parameters-table.js";
import { answer, answers, type RecordedRelease, releases } from "../transcripts.js";

/** Names that the kernel of a recorded host lists. */
function listed(release: RecordedRelease): string[] {
  const { stdout } = answer(release, "01", "sysctl -N security.jail.param");
  const names = stdout.trim().split("\n");
  return names.map((name) => name.replace("security.jail.param.", ""));
}

/** Nodes of the list that are no parameters themselves. */
const nodes = new Set(["allow", "children", "cpuset", "mac"]);

describe.each(releases)("on %s", (release) => {
  const names = listed(release).filter((name) => !name.endsWith(".") && !nodes.has(name));

  it.each(names)("%s is known", (name) => {
    expect(parameterTable.has(name) || name in managedParameters).toBe(true);
  });

  it("the kernel knows what is not said to be of a module, of a newer one, or jail(8)'s own", () => {
    const always = [...parameterTable].filter(([, each]) => !each.pseudo && !each.optional);
    expect(always.map(([name]) => name).filter((name) => !names.includes(name))).toEqual([]);
    expect(always.every(([name]) => isKernelParameter(name))).toBe(true);
  });

  it("what jail -m answered is what the table says", () => {
    const tried = answers(release, /^jail -m name=/);
    const effects = tried.flatMap(({ at, status }): [string, string, boolean][] => {
      const name = /jail -m name=\w+ '?([\w.]+)/.exec(at)?.[1];
      const known = name?.replace(/(^|\.)no(?=raw|vnet)/, "$1");
      const isOurs = known === undefined || known in managedParameters || !findParameter(known);
      return isOurs ? [] : [[known, findParameter(known)!.effect, status === 0]];
    });
    expect(effects.length).toBeGreaterThan(9);
    for (const [name, effect, changed] of effects)
      expect(`${name} ${name === "meta" || (effect === "live") === changed}`).toBe(`${name} true`);
  });
});

describe.each([...parameterTable])("%s", (name, parameter) => {
  it("has an effect with its source, and a way back only where it is live", () => {
    expect(parameter.source).toMatch(/transcript|kern_jail\.c|jail\(8\)|devfs\(8\)/);
    expect(["live", "restart", "stop"]).toContain(parameter.effect);
    if (parameter.reset !== undefined) {
      expect(parameter.effect).toBe("live");
      expect([name, noParameter(name)]).toContain(parameter.reset.split("=")[0]);
    }
    if (parameter.kind === "boolean" && parameter.effect === "live")
      expect(parameter.reset).toBeDefined();
    expect(parameter.effect === "stop" && parameter.pseudo !== true).toBe(false);
    expect(isKernelParameter(name)).toBe(parameter.pseudo !== true);
    expect(isOpen(name)).toBe(false);
    expect(findParameter(name)).toBe(parameter);
  });
});

it("a jail for which nothing is set has the manual's defaults", () => {
  expect(kernelDefaults).toMatchObject({
    ...{ enforce_statfs: 2, "children.max": 0 },
    ...{ "allow.raw_sockets": false, "allow.mount.nullfs": false, persist: false },
  });
  expect(kernelDefaults).not.toHaveProperty("allow.reserved_ports");
  expect(kernelDefaults).not.toHaveProperty("securelevel");
});

it.each([
  ["allow.dev_io_access", "boolean", "live"],
  ["acme.quota", "any", "restart"],
])("%s, which nobody knows here, may be one of the host's", (name, kind, effect) => {
  expect(isOpen(name)).toBe(true);
  expect(findParameter(name)).toMatchObject({ kind, effect });
  expect(isKernelParameter(name)).toBe(true);
});

it.each([
  ["allow.raw_socket", "allow.raw_sockets"],
  ["allow.noraw_sockets", "allow.raw_sockets"],
  ["allow.nosomething_else", undefined],
  ["exec.began", undefined],
  ["enforce_stats", "enforce_statfs"],
  ["nosuch", undefined],
  ["mount.tmpfs", undefined],
  ["a b", undefined],
])("%s is none", (name, nearest) => {
  expect(findParameter(name)).toBeUndefined();
  if (nearest !== undefined) expect(nearestParameter(name)).toBe(nearest);
});

it("meta and env take any key", () => {
  expect(findParameter("meta.owner")).toMatchObject({ kind: "text", effect: "live" });
  expect(isKernelParameter("env")).toBe(true);
});
