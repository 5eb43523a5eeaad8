/** Jails of type empty: what they run comes from mounts and files. */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { Stack } from "./engine.js";
import { expectBadInput, expectConverges, expectNoTrace } from "./faults.js";
import { startPair } from "./moves.js";
import { line, reboot, startWorld, type World } from "./world.js";

const containers = "/usr/local/jails/containers";
const root = `${containers}/web`;
const system = ["/bin", "/lib", "/libexec"].map((path) => ({
  ...{ source: path, target: path, readOnly: true },
}));
const script = (word: string) => ({ "/start": { content: `echo ${word} >>/log\n`, mode: "0700" } });
const program = ({ login: host }: World, more: object = {}) => [
  {
    kind: "Jail" as const,
    name: "web",
    inputs: () => ({ host, name: "web", type: "empty", ...more }),
  },
];

it.each([
  ["a directory", {}],
  ["a dataset", { dataset: "tank/jails" }],
])("in %s, an empty jail runs what is declared, and nothing else is in it", async (_, options) => {
  const world = await startWorld(options);
  const { host } = world;
  const before = host.snapshot();
  const stack = new Stack();
  await expectConverges(stack, program(world));
  expect(await line(host, `jls -j web name persist; ls -A ${root}`)).toBe("web true");
  const parameters = { "exec.start": "/bin/sh /start", "mount.devfs": true };
  const declared = { parameters, mounts: system, files: script("first") };
  await expectConverges(stack, program(world, declared));
  expect(await line(host, `cat ${root}/log; jexec web ls /`)).toBe(
    "first\nbin\ndev\nlib\nlibexec\nlog\nroot\nstart",
  );
  const jid = await line(host, "jls -j web jid");
  await stack.refresh();
  expect(await stack.up(program(world, { ...declared, hostname: "www" }))).toEqual({
    web: "update",
  });
  expect(await line(host, `jls -j web jid; cat ${root}/log`)).toBe(`${jid}\nfirst`);
  const changed = { ...declared, files: script("second") };
  await expectConverges(stack, program(world, changed));
  expect(await line(host, `cat ${root}/log`)).toBe("first\nsecond");
  await reboot(world);
  expect(await line(host, `cat ${root}/log`)).toBe("first\nsecond\nsecond");
  // Somebody's changes are seen while it does not run.
  const stopped = { ...changed, running: false };
  await stack.up(program(world, stopped));
  await host.run(`echo other >${root}/start`);
  await stack.refresh();
  expect(await stack.up(program(world, stopped))).toEqual({ web: "update" });
  expect(await line(host, `cat ${root}/start`)).toBe("echo second >>/log");
  await expectConverges(stack, program(world, { running: false }));
  expect(await line(host, `ls ${root}`)).not.toContain("start");
  await expectNoTrace(world, stack, before);
});

it("files of an empty jail lead nowhere through links that its owner planted", async () => {
  const world = await startWorld();
  const { host } = world;
  const stack = new Stack();
  await stack.up(program(world, { running: false }));
  await host.run(`ln -s /root ${root}/etc; echo secret >/root/x`);
  const files = { "/etc/x": { content: "ours\n" } };
  await expect(stack.up(program(world, { running: false, files }))).rejects.toThrow(
    /symbolic link/,
  );
  expect(await line(host, "cat /root/x")).toBe("secret");
});

it.each([
  [
    "a base",
    { base: { templateName: "b", path: "/b", release: "15.1-RELEASE" } },
    "base",
    /nothing/,
  ],
  ["the host's resolver", { resolver: "host" }, "resolver", /say what is to be in it/],
  ["packages", { packages: { nginx: true } }, "packages", /needs a system/],
  ["layers", { layers: ["/x.pkg"] }, "layers", /./],
])("an empty jail with %s is refused", async (_, more, property, words) => {
  const world = await startWorld();
  await expectBadInput(program(world, more), property, words);
});

it("an empty jail becomes no other one", async () => {
  const world = await startWorld();
  const stack = new Stack();
  await stack.up(program(world, { running: false }));
  const base = { templateName: "b", path: "/b", release: "15.1-RELEASE" };
  await expect(stack.up(program(world, { type: "thick", base }))).rejects.toThrow(
    /cannot be converted from empty to thick/,
  );
});

it("an empty jail is renamed, and moved to another machine", async () => {
  const { a, b } = await startPair();
  const before = [a, b].map(({ host }) => host.snapshot());
  const stack = new Stack();
  const more = { files: script("x"), keepOld: 0 };
  await stack.up(program(a, more));
  await a.host.run(`echo mine >${root}/mine`);
  await expectConverges(stack, program(a, { ...more, name: "www" }));
  expect(await line(a.host, `jls -q name; cat ${containers}/www/mine`)).toBe("www\nmine");
  await expectConverges(stack, program(b, { ...more, name: "www" }));
  expect(
    await line(b.host, `jls -q name; cat ${containers}/www/mine ${containers}/www/start`),
  ).toBe("www\nmine\necho x >>/log");
  await stack.destroy();
  for (const [i, { host }] of [a, b].entries())
    expect(compareSnapshots(before[i]!, host.snapshot())).toEqual([]);
});
