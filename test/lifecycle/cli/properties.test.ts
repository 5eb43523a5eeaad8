/**
 * Every property of Jail through create, change, drift, repair and removal with the real CLI: one jail for each row of
 * the table, all of them in one program, so that a few runs show all effects.
 */
import { describe, expect, it } from "vitest";
import { effects } from "../../../provider/resources/jail-explain.js";
import { jailSchema } from "../../../provider/resources/jail-inputs.js";
import type { EmbeddedHost } from "../../embedded-host/index.js";
import {
  destroyWithoutTrace,
  failWith,
  patience,
  release,
  succeed,
  withHostAndStack,
} from "./programs.js";
import { type Refusal, refused } from "./property-refusals.js";
import { kernelRows, type Row, type Site } from "./property-rows.js";
import { insideRows, ports } from "./property-rows-inside.js";
import { treeRows } from "./property-rows-tree.js";
import {
  drift,
  expectEffects,
  expectFound,
  expectInForce,
  expectPreview,
  jailsIn,
  leaveMarkers,
  prepareHost,
  type Step,
  type Walk,
} from "./property-walk.js";

const rows: readonly Row[] = [...kernelRows, ...insideRows, ...treeRows];
const older = "15.0-RELEASE";

/** Inputs that are the resource's mark, and no property of its own. */
const inner = new Set(["owner"]);
/** Properties of which the SDK makes others. */
const ofTheSdk = ["patchTriggers"];

it("every property has a row", () => {
  const keys = Object.keys(jailSchema.out.shape).filter((key) => !inner.has(key));
  const covered = new Set([...rows, ...refused].map(({ property }) => property));
  expect([...covered].sort(), "a row in property-rows*.ts for each property").toEqual(
    [...keys, ...ofTheSdk].sort(),
  );
  expect(Object.keys(effects).sort()).toEqual(keys.sort());
});

const hostOf = (host: EmbeddedHost, site: Site) => ({
  ...{ host: host.address, port: host.port, user: "root" },
  ...(site === "zfs" ? { dataset: "tank/jails" } : {}),
});

const thinBase = `new freebsd.BaseRelease("thin", { ...at, release: "${release}", kind: "split" });`;

const start = (host: EmbeddedHost, site: Site = "directory") => [
  'const freebsd = require("pulumi-freebsd");',
  `const at = { host: ${JSON.stringify(hostOf(host, site))} };`,
  `const base = new freebsd.BaseRelease("base", { ...at, release: "${release}" });`,
];

function programOf({ host, site, rows }: Omit<Walk, "stack">, step: Step): string {
  const build = (name: string, n: number) =>
    `const ${name} = new freebsd.JailPackage("${name}", { ...at, version: "1", build: { base, commands: ["echo ${n} >/usr/local/${name}"] } });`;
  return [
    ...start(host, site),
    `const older = new freebsd.BaseRelease("older", { ...at, release: "${older}" });`,
    `const thin = ${thinBase}`,
    build("one", 1),
    build("two", 2),
    jailsIn({ rows, site }, step),
  ].join("\n");
}

describe.each<[Site, object]>([
  ["directory", {}],
  ["zfs", { zpool: "tank" }],
])("every property, %s", { timeout: 400_000 }, (site, options) => {
  it("is made, changed, repaired and removed with the effect that is told", async () => {
    const more = { releases: [older], updates: { [release]: 3 }, ports };
    await withHostAndStack({ ...options, ...more }, async (world) => {
      const { host, stack } = world;
      const walk: Walk = {
        ...{ host, stack, site },
        rows: rows.filter((row) => (row.site ?? site) === site),
      };
      const declare = (step: Step) => stack.setProgram(programOf(walk, step));
      await stack.setConfig("freebsd:host", host.url);
      const before = await prepareHost(walk);

      await declare(0);
      await succeed(stack.up());
      await leaveMarkers(walk);
      await expectInForce(walk, 0);

      await declare(1);
      await expectPreview(walk);
      await expectEffects(walk, { from: 0, to: 1, which: 0 });
      await expectInForce(walk, 1);

      await expectFound(walk, await drift(walk));
      await expectEffects(walk, { from: 1, to: 1, which: 1 });
      await expectInForce(walk, 1);

      await declare(2);
      await expectEffects(walk, { from: 1, to: 2, which: 2 });
      await expectInForce(walk, 2);
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));
      await destroyWithoutTrace({ ...world, before });
    });
  });
});

it("what cannot be changed is refused by the preview, without a connection", patience, async () => {
  await withHostAndStack({}, async (world) => {
    const { host, stack } = world;
    const program = (other?: Refusal) =>
      [
        ...start(host),
        `const thin = ${thinBase}`,
        ...refused.map((each, i) => {
          const inputs = each === other ? each.to : each.from;
          return `new freebsd.Jail("jail${i}", { ...at, ${inputs} });`;
        }),
      ].join("\n");
    await stack.setProgram(program());
    await succeed(stack.up());
    const { connections, processes } = host.counters;
    for (const each of refused) {
      await stack.setProgram(program(each));
      expect(await failWith(stack.preview()), each.what).toMatch(each.says);
    }
    expect(host.counters).toMatchObject({ connections, processes });
    await destroyWithoutTrace(world);
  });
});
