/**
 * The built `pulumi-freebsd import` on a host with the jails of four tools and of an administrator; its program in a
 * stack of the real CLI; and `Jail.get` of what the host has.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Stack } from "../../cli/harness.js";
import { compareSnapshots, type HostState } from "../../embedded-host/index.js";
import { bastille, ezjail, iocage, plain, qjail } from "../layouts.js";
import { ask, changesOf, failWith, succeed, withHost, withTrustedStack } from "./programs.js";

const main = join(__dirname, "../../../dist/provider/cli/main.js");
const layouts = [bastille, iocage, ezjail, qjail, plain];
const roots = layouts.flatMap((layout) => layout.roots);

/** What the program says beside parameters, addresses and mounts. */
const said = [
  "// after pulumi up, on the host: bastille config c1 set boot off",
  'limits: { memoryuse: { deny: "512m", log: "512m" } }',
  "// after pulumi up, on the host: iocage set boot=off web.one",
  'limits: { memoryuse: "1g" },\n  cpuset: "1"',
  "// iocage makes its interfaces vnet0:bridge7 with none after each start",
  "// after pulumi up, on the host: ezjail-admin config -r norun mail_example_org",
  "// after pulumi up, on the host: qjail config -r ns1",
  "// not taken over: exec.prestart = logger 'db starts'",
  "// not taken over: /dev/gpt/data /srv/cache/data ufs rw",
];

async function importProgram(stack: Stack, host: string): Promise<string> {
  const { execa } = await import("execa");
  const options = { cwd: stack.project, env: stack.env, extendEnv: false };
  return (await execa("node", [main, "import", host], options)).stdout;
}

/** What a jail writes itself when it runs and stops, and what is mounted in it meanwhile. */
const notItsTree = / \S+\/(var|dev|\.bastille|basejail|sharedfs|srv\/data)[/ ]/;

const inTrees = (before: HostState, after: HostState): string[] =>
  compareSnapshots(before, after).filter(
    (line) => roots.some((root) => line.slice(2).startsWith(`${root}/`)) && !notItsTree.test(line),
  );

it("jails of five origins are taken over, changed and left", { timeout: 400_000 }, async () => {
  await withHost({ release: "13.2-RELEASE" }, async (host) => {
    for (const layout of layouts) await layout.make(host);
    const before = host.snapshot();
    const jids = await ask(host, "jls jid name path host.hostname");
    const url = `ssh://root@${host.address}:${host.port}`;
    const options = { program: "", language: "typescript" as const };
    await withTrustedStack(host, options, async (stack) => {
      const program = await importProgram(stack, url);
      expect(host.snapshot()).toEqual(before);
      const count = program.match(/new freebsd\.Jail\(/g)?.length;
      expect(count).toBe(11);
      for (const told of said) expect(program).toContain(told);

      await stack.setProgram(program);
      expect((await succeed(stack.up())).summary).toMatchObject({ create: count });
      // The types of the program have been checked.
      Object.assign(stack.env, { PULUMI_NODEJS_TRANSPILE_ONLY: "true" });
      expect(await ask(host, "jls jid name path host.hostname")).toBe(jids);
      expect(inTrees(before, host.snapshot())).toEqual([]);
      const { limits, mounts } = host.snapshot();
      expect({ limits, mounts }).toEqual({ limits: before.limits, mounts: before.mounts });
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));
      expect(await importProgram(stack, url)).not.toContain("new freebsd.Jail(");

      const lines = [
        'const seen = freebsd.Jail.get("seen", "k1", { host });',
        'const same = freebsd.Jail.get("same", c1.id, { host });',
        'const idle = freebsd.Jail.get("idle-seen", "spare", { host });',
        "export const found = [seen, same, idle].map(({ name, path, running, address, hostname, dataset }) =>",
        "  ({ name, path, running, address, hostname, dataset }));",
      ];
      const named = program.replace('name: "c1",', 'name: "c1",\n  hostname: "c1.example.org",');
      await stack.setProgram([named, ...lines].join("\n"));
      const changed = await succeed(stack.up());
      expect(changesOf(changed)).toContain("c1: update");
      expect(
        changesOf(changed).filter((each) => / (update|create|replace|delete)/.test(each)),
      ).toEqual(["c1: update"]);
      expect(await ask(host, "jls jid name path host.hostname")).toBe(
        jids.replace(/(jails\/c1\/root) c1$/m, "$1 c1.example.org"),
      );
      const jail = (name: string) => ({
        ...{ name, path: `/usr/local/bastille/jails/${name}/root`, running: true },
        dataset: `tank/bastille/jails/${name}/root`,
      });
      expect((await stack.outputs()).found).toEqual([
        { ...jail("k1"), address: "10.17.0.3", hostname: "k1" },
        // It is read beside the change of its resource.
        { ...jail("c1"), address: "10.17.0.1", hostname: "c1.example.org" },
        {
          ...{ name: "spare", path: "/usr/jails/spare", running: false, dataset: "" },
          ...{ address: "10.0.2.124", hostname: "spare" },
        },
      ]);
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));

      await stack.setProgram(`${named}\nfreebsd.Jail.get("none", "nosuch", { host });\n`);
      expect(await failWith(stack.preview())).toMatch(
        /Jail nosuch: root@\S+ has none of that name/,
      );

      await succeed(stack.destroy());
      expect(await ask(host, "jls -q name")).toBe("");
      expect(inTrees(before, host.snapshot())).toEqual([]);
      for (const root of roots) expect(await ask(host, `cat ${root}/root/data`)).toBe("data");
      expect(host.defects).toEqual([]);
    });
  });
});
