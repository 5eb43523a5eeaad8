/** Bad input gets a clear error at check, with the property's path, before any connection. */
import { describe, expect, it } from "vitest";
import { baseRelease, ipRange, jail } from "../../../provider/index.js";
import { unknownValue } from "../../../provider/pulumi/unknown.js";

const host = "ssh://root@192.0.2.1";
const base = {
  templateName: "15.1-RELEASE-full-0123abcd",
  path: "/usr/local/jails/templates/15.1-RELEASE-full-0123abcd",
  release: "15.1-RELEASE",
};
const range = { kind: "range", cidr: "10.0.0.0/24", interface: "em0" };
let owners = 0;
const web = (more: object = {}) => ({
  host,
  owner: `urn:web${owners++}`,
  name: `web${owners}`,
  base,
  ...more,
});

const failures = async (
  provider: typeof jail | typeof ipRange | typeof baseRelease,
  inputs: object,
  olds: object = {},
) =>
  ((await provider.check(olds as never, inputs as never)).failures ?? []).map(
    ({ property, reason }) => `${property}: ${reason}`,
  );

describe("Jail", () => {
  it("takes a plain jail and fills in defaults", async () => {
    const { inputs, failures: none } = await jail.check({}, web({ name: "plain" }));
    expect(none).toEqual([]);
    expect(inputs).toMatchObject({
      type: "thick",
      autostart: true,
      running: true,
      resolver: "host",
      path: "/usr/local/jails/containers/plain",
    });
  });

  it.each<[object, RegExp]>([
    [{ name: "" }, /^name: must be 1 to 31/],
    [{ name: "123" }, /^name: /],
    [{ name: "a.b" }, /^name: /],
    [{ name: "*" }, /^name: /],
    [{ name: "-web" }, /^name: /],
    [{ name: "a".repeat(32) }, /^name: /],
    [{ hostname: "a_b" }, /^hostname: must be a host name/],
    [{ hostname: "$(id)" }, /^hostname: /],
    [{ host: "http://x" }, /^host/],
    [{ host: "ssh://root:secret@x" }, /^host/],
    [{ host: { host: "-x" } }, /^host\.host: /],
    [{ host: { host: "x", root: "/a/../b" } }, /^host\.root: /],
    [{ host: { host: "x", dataset: "a@b" } }, /^host\.dataset: /],
    [{ host: { host: "x", port: 70000 } }, /^host\.port: /],
    [{ type: "fat" }, /^type: /],
    [{ type: "clone" }, /^type: clone needs a base on ZFS/],
    [{ addresses: ["10.0.0.300"] }, /^addresses\[0\]\.address: must be an IPv4 or IPv6 address/],
    [{ addresses: ["10.0.0.1/24"] }, /^addresses\[0\]/],
    [{ addresses: ["10.0.0.1", "10.0.0.1"] }, /^addresses\[1\]: 10\.0\.0\.1 is given twice/],
    [{ addresses: ["fd00::1", "FD00:0::1"] }, /^addresses\[1\]: fd00::1 is given twice/],
    [{ addresses: [{ address: "10.0.0.1", interface: "em 0" }] }, /^addresses\[0\]\.interface: /],
    [
      { addresses: [{ address: "10.0.0.1", interface: "em0", prefixLength: 64 }] },
      /^addresses\[0\]\.prefixLength: must be at most 32/,
    ],
    [{ addresses: [{ ...range, cidr: "10.0.0.1/24" }] }, /^addresses\[0\]/],
    [
      { parameters: { "allow.raw_socket": true } },
      /^parameters\["allow\.raw_socket"\]: .*nearest known is allow\.raw_sockets/,
    ],
    [{ parameters: { path: "/" } }, /is set by the property/],
    [{ parameters: { "host.hostname": "x" } }, /is set by the property hostname/],
    [{ parameters: { "allow.raw_sockets": "yes" } }, /must be true or false/],
    [{ parameters: { enforce_statfs: 9 } }, /must be a whole number from 0 to 2/],
    [{ parameters: { "exec.start": "sh -c 'x'" } }, /must not contain quotes/],
    [{ parameters: { "exec.start": "$x" } }, /must not contain quotes/],
    [{ parameters: { "exec.start": "a\nb" } }, /must not contain quotes/],
    [{ parameters: { "exec.start": "a\0b" } }, /must not contain quotes/],
    [{ parameters: { "exec.start": "a\\b" } }, /must not contain quotes/],
    [
      { parameters: { ip4: "inherit" }, addresses: ["10.0.0.1"] },
      /^parameters\.ip4: cannot be inherit/,
    ],
    [
      { parameters: { vnet: "new" }, addresses: ["10.0.0.1"] },
      /^addresses: must be empty with vnet/,
    ],
    [
      { mounts: [{ source: "srv", target: "/srv" }] },
      /^mounts\[0\]\.source: must be an absolute path/,
    ],
    [
      { mounts: [{ source: "/srv/../etc", target: "/srv" }] },
      /^mounts\[0\]\.source: must not contain "\."/,
    ],
    [{ mounts: [{ source: "/srv\n", target: "/srv" }] }, /^mounts\[0\]\.source: /],
    [
      { mounts: [{ source: "/srv", target: "/" }] },
      /^mounts\[0\]\.target: must not be the jail's root/,
    ],
    [
      {
        mounts: [
          { source: "/a", target: "/x" },
          { source: "/b", target: "/x" },
        ],
      },
      /^mounts\[1\]\.target: \/x is mounted twice/,
    ],
    [{ mounts: [{ type: "tmpfs", target: "/tmp", size: "lots" }] }, /^mounts\[0\]\.size: /],
    [{ files: { "etc/x": { content: "" } } }, /^files\["etc\/x"\]: /],
    [{ files: { "/etc/../x": { content: "" } } }, /^files\["\/etc\/\.\.\/x"\]: /],
    [{ files: { "/x": { content: "", mode: "rw" } } }, /mode: must be an octal mode/],
    [{ files: { "/x": { content: "", owner: "root" } } }, /owner: must be "uid:gid"/],
    [{ resolver: { nameservers: ["x"] } }, /^resolver/],
    [{ hosts: "host" }, /^hosts/],
    [{ hosts: { db: "x" } }, /^hosts/],
    [{ hosts: { db: [] } }, /^hosts/],
    [{ hosts: { "a b": "10.0.0.1" } }, /^hosts/],
    [
      { hosts: "own", files: { "/etc/hosts": { content: "" } } },
      /^files\["\/etc\/hosts"\]: is written by hosts already/,
    ],
  ])("refuses %j", async (more, expected) => {
    const found = await failures(jail, web(more));
    expect(found.join("\n")).toMatch(new RegExp(expected.source, "m"));
  });

  it("refuses to patch a thin jail, whose system is its base's", async () => {
    const split = { ...base, kind: "split" };
    const thin = { type: "thin", base: split };
    expect(await failures(jail, web({ ...thin, patch: "none" }))).toEqual([]);
    expect((await failures(jail, web({ ...thin, patch: "latest" }))).join()).toMatch(
      /^patch: is not for thin jails/,
    );
    expect((await failures(jail, web({ patch: "newest" }))).join()).toMatch(/^patch: must be/);
  });

  it("refuses names that rc.d/jail takes for one", async () => {
    expect(await failures(jail, web({ name: "a-b" }))).toEqual([]);
    expect((await failures(jail, web({ name: "a_b" }))).join()).toMatch(/^name: .*a-b/);
  });

  it("takes another name: the jail is renamed in place, and never replaced", async () => {
    const olds = (await jail.check({}, web())).inputs;
    const news = { ...olds, name: "other" };
    expect(await failures(jail, news, olds)).toEqual([]);
    expect(await jail.diff("id", olds, news)).toMatchObject({ changes: true, replaces: [] });
  });

  it("takes another base: the jail is upgraded in place, and never replaced", async () => {
    const olds = (await jail.check({}, web())).inputs;
    const news = { ...olds, base: { ...base, templateName: "14.3-RELEASE-full-0123abcd" } };
    expect(await failures(jail, news, olds)).toEqual([]);
    expect(await jail.diff("id", olds, news)).toMatchObject({ changes: true, replaces: [] });
  });

  const full = web({
    hostname: "h",
    type: "thick",
    addresses: ["10.0.0.9", range],
    parameters: { "allow.raw_sockets": true },
    mounts: [{ source: "/a", target: "/a" }],
    files: { "/x": { content: "x" } },
    resolver: { nameservers: ["10.0.0.1"] },
    hosts: { "db.example.org": ["10.0.0.2", "fd00::2"] },
    autostart: true,
    running: true,
  });

  it.each(Object.keys(full))("takes an unknown %s", async (key) => {
    const inputs = { ...full, [key]: unknownValue };
    const { inputs: checked, failures: found } = await jail.check({}, inputs);
    expect(found).toEqual([]);
    expect(checked[key]).toBe(unknownValue);
  });

  it("takes unknown values deep inside", async () => {
    const inputs = web({
      base: { ...base, path: unknownValue, templateName: unknownValue },
      addresses: [unknownValue, { ...range, cidr: unknownValue }],
      files: { "/x": { content: unknownValue } },
      mounts: [{ source: unknownValue, target: "/x" }],
      parameters: { "allow.raw_sockets": unknownValue },
    });
    expect(await failures(jail, inputs)).toEqual([]);
  });

  it("still refuses what is known beside an unknown value", async () => {
    const inputs = web({ hostname: unknownValue, name: "1" });
    expect((await failures(jail, inputs)).join()).toMatch(/^name: /);
  });
});

describe("IpRange", () => {
  const lan = (more: object) => ({ host, owner: "urn:lan", interface: "em0", ...more });

  it.each<[object, RegExp]>([
    [{}, /^cidr: give either cidr, or first and last/],
    [{ cidr: "10.0.0.0/24", first: "10.0.0.1", last: "10.0.0.2" }, /^cidr: give either/],
    [{ cidr: "10.0.0.1/24" }, /^cidr: must be a network/],
    [{ cidr: "10.0.0.0/33" }, /^cidr: /],
    [{ first: "10.0.0.9", last: "10.0.0.1" }, /^last: must not be below first/],
    [{ first: "10.0.0.9", last: "fd00::1" }, /^last: must be of the same family/],
    [{ cidr: "10.0.0.0/24", exclude: ["x"] }, /^exclude\[0\]: /],
    [{ cidr: "10.0.0.0/24", exclude: ["fd00::1"] }, /^exclude\[0\]: must be of the same family/],
    [{ cidr: "10.0.0.0/30", exclude: ["10.0.0.0/30"] }, /^exclude: leaves no address/],
    [{ cidr: "10.0.0.0/24", interface: "em 0" }, /^interface: /],
    [{ cidr: "10.0.0.0/24", prefixLength: 64 }, /^prefixLength: must be at most 32/],
    [{ cidr: "10.0.0.0/24", gateway: "fd00::1" }, /^gateway: /],
  ])("refuses %j", async (more, expected) => {
    expect((await failures(ipRange, lan(more))).join("\n")).toMatch(
      new RegExp(expected.source, "m"),
    );
  });

  it.each([
    [{ cidr: "10.0.0.0/24" }, "254"],
    [{ cidr: "10.0.0.0/24", gateway: "10.0.0.1", exclude: ["10.0.0.10-10.0.0.19"] }, "243"],
    [{ first: "10.0.0.5", last: "10.0.0.5" }, "1"],
    [{ cidr: "10.0.0.0/31" }, "2"],
    [{ cidr: "fd00:1::/64" }, "18446744073709551615"],
  ])("counts %j", async (more, capacity) => {
    const { inputs } = await ipRange.check({}, lan(more));
    expect(inputs).toMatchObject({ capacity });
  });
});

describe("BaseRelease", () => {
  const release = (more: object) => ({ host, owner: "urn:base", release: "15.1-RELEASE", ...more });
  const digest = "a".repeat(64);

  it.each<[object, RegExp]>([
    [{ release: "15.1" }, /^release: must be a release name/],
    [{ sets: ["lib32"] }, /^sets: must contain "base"/],
    [{ sets: ["base", "../x"] }, /^sets\[1\]: /],
    [{ sets: ["base", "base"] }, /^sets: names a set twice/],
    [{ mirror: "ftp://x" }, /^mirror: /],
    [{ mirror: "https://user:pw@x" }, /^mirror: /],
    [{ mirror: "https://x/?y" }, /^mirror: /],
    [{ mirror: "http://x" }, /^mirror: plain http needs a sha256/],
    [{ dist: "dist" }, /^dist: must be an absolute path/],
    [{ sha256: { base: "x" } }, /^sha256\.base: must be a SHA-256/],
    [{ sha256: { lib32: digest } }, /^sha256\.lib32: is not one of the sets/],
  ])("refuses %j", async (more, expected) => {
    const found = await failures(baseRelease, release(more));
    expect(found.join("\n")).toMatch(new RegExp(expected.source, "m"));
  });

  it("takes plain http with a pin, and one template for one specification", async () => {
    const pinned = release({ mirror: "http://x/", sha256: { base: digest } });
    expect(await failures(baseRelease, pinned)).toEqual([]);
    const name = async (more: object) =>
      (await baseRelease.check({}, release(more))).inputs?.templateName;
    expect(await name({ sets: ["base", "lib32"] })).toBe(await name({ sets: ["lib32", "base"] }));
    expect(await name({})).toBe(await name({ mirror: "https://elsewhere" }));
    expect(await name({})).not.toBe(await name({ sets: ["base", "lib32"] }));
    expect(await name({})).not.toBe(await name({ dist: "/usr/freebsd-dist" }));
  });
});
