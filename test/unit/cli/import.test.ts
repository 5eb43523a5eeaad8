/** A jail of another tool as a Jail, and programs of them. */
import { expect, it } from "vitest";
import { importJail } from "../../../provider/cli/import-inputs.js";
import { renderProgram } from "../../../provider/cli/import-program.js";
import type { FoundJail } from "../../../provider/freebsd/found-jail.js";

const found = (parameters: Record<string, string[]>, more: Partial<FoundJail> = {}): FoundJail => ({
  ...{ tool: "Bastille", file: "/b/web/jail.conf", name: "web", autostart: true, notes: [] },
  parameters: new Map(Object.entries({ path: ["/b/web/root"], "exec.clean": [], ...parameters })),
  ...more,
});
const imported = (jail: FoundJail, fstab = "") =>
  importJail({ jail, running: "/b/web/root", fstab });

const usual = {
  "mount.devfs": [],
  devfs_ruleset: ["4"],
  "exec.start": ["/bin/sh /etc/rc"],
  "exec.stop": ["/bin/sh /etc/rc.shutdown"],
  enforce_statfs: ["2"],
  "allow.set_hostname": ["0"],
  ip6: ["disable"],
};

it("what a Jail is by itself is not said", () => {
  expect(imported(found(usual))).toEqual({
    inputs: { name: "web", adopt: { path: "/b/web/root" }, resolver: "none" },
    notes: [],
  });
});

it("what jail(8) does when nothing is said is", () => {
  const { inputs } = imported(found({ "exec.start": ["/bin/sh /etc/rc"] }));
  expect(inputs.parameters).toEqual({ "allow.set_hostname": true, "mount.devfs": false });
});

it("addresses come with their interfaces and masks; one without an interface is the host's", () => {
  const { inputs, notes } = imported(
    found({
      ...usual,
      "ip4.addr": ["em0|10.0.0.2/24,10.0.0.3", "lo1|127.0.0.2/255.255.255.255"],
      "ip6.addr": ["em0|2001:DB8::1/64", "em0|10.0.0.4 vhid 1"],
    }),
  );
  expect(inputs.addresses).toEqual([
    { address: "10.0.0.2", interface: "em0", prefixLength: 24 },
    "10.0.0.3",
    { address: "127.0.0.2", interface: "lo1", prefixLength: 32 },
    { address: "2001:db8::1", interface: "em0", prefixLength: 64 },
  ]);
  expect(notes).toEqual(["not taken over: ip6.addr = em0|10.0.0.4 vhid 1"]);
});

it("mounts are below the root, and of kinds that a Jail has", () => {
  const fstab = [
    "/b/rel /b/web/root/.bastille nullfs ro 0 0",
    "tmpfs /b/web/root/tmp tmpfs rw,size=64m,mode=1777 0 0",
    "/dev/da0 /b/web/root/data ufs rw 0 0",
    "/x /elsewhere nullfs rw 0 0",
  ];
  const { inputs, notes } = imported(found(usual), `${fstab.join("\n")}\n`);
  expect(inputs.mounts).toEqual([
    { source: "/b/rel", target: "/.bastille", readOnly: true },
    { type: "tmpfs", target: "/tmp", size: "64m", mode: "1777" },
  ]);
  expect(notes).toEqual(fstab.slice(2).map((line) => `not taken over: ${line.slice(0, -4)}`));
});

it("a mount is taken over without the options that only take something away", () => {
  const { inputs, notes } = imported(found(usual), "/x /b/web/root/x nullfs ro,nosuid 0 0\n");
  expect(inputs.mounts).toEqual([{ source: "/x", target: "/x", readOnly: true }]);
  expect(notes).toEqual(["not taken over: the option nosuid of the mount /b/web/root/x"]);
});

it("a root is named as the kernel has it, and must be there; mounts go by either name", () => {
  const jail = found({ ...usual, path: ["/link/web/root/"] });
  const fstab = "/x /link/web/root/x nullfs ro 0 0\n/y /b/web/root/y nullfs rw 0 0\n";
  const { inputs } = importJail({ jail, root: "/b/web/root", fstab });
  expect(inputs).toMatchObject({
    adopt: { path: "/b/web/root" },
    mounts: [{ target: "/x" }, { target: "/y" }],
  });
  expect(importJail({ jail, root: "", fstab }).notes).toEqual([
    "cannot be declared: its root /link/web/root is not there",
  ]);
});

it("what can be said of a list of hooks is taken over", () => {
  const { inputs, notes } = imported(
    found({ ...usual, "exec.prestart": ["jib addm web em0", 'ifconfig e0a description "web"'] }),
  );
  expect(inputs.parameters).toEqual({ "exec.prestart": "jib addm web em0" });
  expect(notes).toEqual([
    expect.stringMatching(/^not taken over: exec\.prestart = ifconfig e0a description "web": it/),
  ]);
});

it("parameters keep their kinds; what cannot be said is told", () => {
  const { inputs, notes } = imported(
    found({
      ...usual,
      "allow.noset_hostname": [],
      "allow.raw_sockets": [],
      securelevel: ["2"],
      vnet: [],
      devfs_ruleset: ["13"],
      "vnet.interface": ["e0a", "e1a"],
      "exec.prestart": ["logger '$name'"],
      "exec.no_such": ["1"],
    }),
  );
  expect(inputs.parameters).toEqual({
    "allow.raw_sockets": true,
    devfs_ruleset: 13,
    securelevel: 2,
    vnet: "new",
    "vnet.interface": ["e0a", "e1a"],
  });
  expect(notes).toHaveLength(2);
  expect(notes[0]).toMatch(/exec\.prestart = logger '\$name': it has quotes/);
  expect(notes[1]).toMatch(/exec\.no_such = 1: it is not a parameter/);
});

it("a stopped jail stays stopped, and one that is not started at boot is not", () => {
  const jail = found(usual, { autostart: false });
  const { inputs } = importJail({ jail, fstab: "" });
  expect(inputs).toMatchObject({ autostart: false, running: false });
});

it.each([
  [found({}, { name: "a.b" }), /"a\.b" is not a name that Jail takes/],
  [found({ path: ["/"] }), /its path is "\/"/],
])("what a Jail cannot be is told", (jail, message) => {
  const result = importJail({ jail, fstab: "" });
  expect(result.inputs).toEqual({});
  expect(result.notes[0]).toMatch(message);
});

it("a program names each jail once, and what the host says stays in comments", () => {
  const one = found(usual, { name: "web-1", notes: ["odd\n\u202e*/ process.exit()"] });
  const two = found(usual, { name: "web1", tool: "jail.conf", file: "/etc/jail.conf" });
  const bad = found({}, { name: "a.b" });
  const taken = found(usual, { name: "module", tool: "jail.conf" });
  const program = renderProgram({
    ...{ host: "h", left: [] },
    jails: [{ jail: taken, ...importJail({ jail: taken, fstab: "" }) }],
  });
  expect(program).toContain('const moduleJail = new freebsd.Jail("module"');
  const jails = [one, two, bad].map((jail) => ({ jail, ...importJail({ jail, fstab: "" }) }));
  expect(renderProgram({ host: "ssh://root@h", jails, left: ["x runs"] })).toBe(
    `import * as freebsd from "pulumi-freebsd";

const host = "ssh://root@h";

// web-1: Bastille, /b/web/jail.conf
// odd */ process.exit()
// after pulumi up, on the host: bastille config web-1 set boot off
export const web1 = new freebsd.Jail("web-1", {
  host,
  name: "web-1",
  adopt: { path: "/b/web/root" },
  running: false,
  resolver: "none",
});

// web1: jail.conf, /etc/jail.conf
export const web1_2 = new freebsd.Jail("web1", {
  host,
  name: "web1",
  adopt: { path: "/b/web/root" },
  running: false,
  resolver: "none",
});

// a.b: Bastille, /b/web/jail.conf
// cannot be declared: "a.b" is not a name that Jail takes

// x runs
`,
  );
});
