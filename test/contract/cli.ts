/** The same through the real Pulumi CLI, in short: the rest of its life is the mini engine's. */
import { describe, expect, it } from "vitest";
import { withStack } from "../cli/harness.js";
import type { OperationResult, Stack } from "../cli/stack-types.js";
import type { Properties } from "../lifecycle/engine.js";
import type { Here, Site } from "./site.js";

/** Where ssh has credentials, and what the provider takes from the environment. */
const kept = [
  "HOME",
  "SSH_AUTH_SOCK",
  "FREEBSD_SSH_PASSWORD",
  "FREEBSD_SSH_PRIVATE_KEY",
  "FREEBSD_SSH_PRIVATE_KEY_PASSWORD",
];

/** The login's secrets stand in the environment, not in the program. */
function environmentOf({ privateKey, hostKey }: Properties): Record<string, string> {
  const given = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  const own = { FREEBSD_SSH_PRIVATE_KEY: privateKey, FREEBSD_SSH_HOST_KEY: hostKey };
  const set = [...Object.entries(given), ...Object.entries(own)].filter(
    ([, value]) => typeof value === "string",
  );
  return Object.fromEntries(set) as Record<string, string>;
}

function programText(site: Site, jail: Properties): string {
  const { privateKey: _, hostKey: __, ...host } = site.host;
  const at = (more: object) => JSON.stringify({ ...more, host });
  const name = site.jail("cli");
  return [
    'const freebsd = require("pulumi-freebsd");',
    `const base = new freebsd.BaseRelease("base", ${at(site.base().inputs({}))});`,
    `const lan = new freebsd.IpRange("lan", ${at(site.range().inputs({}))});`,
    `const jail = new freebsd.Jail("${name}", { ...${at({ type: site.type, ...jail })}, base, addresses: [lan] });`,
    "exports.address = jail.address;",
  ].join("\n");
}

const succeed = async (operation: Promise<OperationResult>): Promise<OperationResult> => {
  const result = await operation;
  expect(result.status, `${result.stdout}\n${result.stderr}`).toBe(0);
  return result;
};

async function live(site: Site, stack: Stack): Promise<void> {
  const name = site.jail("cli");
  expect((await succeed(stack.up())).summary).toMatchObject({ create: 3 });
  const { address } = await stack.outputs();
  expect(await site.jls("cli", "name", "ip4.addr")).toBe(`${name} ${address}`);
  const first = await site.jls("cli", "jid");
  await stack.setProgram(programText(site, { hostname: "cli.example.org" }));
  expect((await succeed(stack.preview())).stdout).toContain("live change (hostname)");
  expect((await succeed(stack.up())).summary).toMatchObject({ update: 1, same: 2 });
  expect(await site.jls("cli", "jid", "host.hostname")).toBe(`${first} cli.example.org`);
  await succeed(stack.refresh());
  await succeed(stack.preview({ expectNoChanges: true }));
}

export function testCli(here: Here): void {
  describe("the Pulumi CLI", () => {
    it("makes, changes and destroys a jail", async () => {
      const site = here();
      const options = { program: programText(site, {}), env: environmentOf(site.host) };
      await withStack({ ...options, stackName: `${site.run}-cli` }, async (stack) => {
        try {
          await live(site, stack);
        } finally {
          await succeed(stack.destroy());
        }
      });
      expect(await site.admin.list(`jls name | grep ${site.jail("cli")}`)).toEqual([]);
    });
  });
}
