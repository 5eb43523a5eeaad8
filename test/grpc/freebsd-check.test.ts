/** What check and diff answer over gRPC, without any connection: the host of these resources does not exist. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DynamicProvider, type Properties, unknownValue } from "./dynamic-provider.js";
import { declare, type Kind, literals, startServer } from "./freebsd-world.js";
import { sdks } from "./project.js";

const nowhere = "ssh://root@192.0.2.1";
const template = {
  templateName: "15.1-RELEASE-full-0123abcd",
  path: "/usr/local/jails/templates/15.1-RELEASE-full-0123abcd",
  release: "15.1-RELEASE",
};

/** Every input of every kind, with a value that check takes. */
const everyInput: Record<Kind, Properties> = {
  BaseRelease: {
    host: nowhere,
    release: "15.1-RELEASE",
    sets: ["base"],
    mirror: "https://mirror.example.org",
    dist: "/usr/freebsd-dist",
    sha256: { base: "0".repeat(64) },
    kind: "full",
    patch: "latest",
    triggers: ["2026-11"],
  },
  IpRange: {
    host: nowhere,
    cidr: "10.0.0.0/24",
    interface: "em0",
    prefixLength: 24,
    exclude: ["10.0.0.9"],
    gateway: "10.0.0.1",
  },
  Jail: {
    host: nowhere,
    base: template,
    name: "web",
    hostname: "www",
    type: "thick",
    addresses: ["10.0.0.5"],
    parameters: { "allow.raw_sockets": true },
    mounts: [{ source: "/srv", target: "/srv" }],
    files: { "/etc/motd": { content: "hello\n" } },
    resolver: { nameservers: ["10.0.0.1"] },
    autostart: true,
    running: true,
    adopt: false,
  },
};
const inputKeys = Object.entries(everyInput).flatMap(([kind, inputs]) =>
  Object.keys(inputs).map((key) => [kind as Kind, key] as const),
);

describe.each(sdks)("check in @pulumi/pulumi $version", ({ directory: sdk }) => {
  let server: DynamicProvider;

  beforeAll(async () => {
    server = await startServer(sdk);
  });
  afterAll(() => server?.stop());

  it.each<[Kind, Properties, object]>([
    [
      "BaseRelease",
      { release: "15.1-RELEASE" },
      { sets: ["base"], mirror: "https://download.freebsd.org" },
    ],
    [
      "IpRange",
      { cidr: "10.0.0.0/24", interface: "em0" },
      { exclude: [], capacity: "254", family: "inet", lastAddress: "10.0.0.255" },
    ],
    [
      "Jail",
      { name: "web", base: template },
      { type: "thick", running: true, path: "/usr/local/jails/containers/web" },
    ],
  ])("fills in the defaults of a %s", async (kind, inputs, expected) => {
    const { urn, inputs: declared } = declare(kind, "a", { host: nowhere, ...inputs });
    const checked = await server.check(urn, {}, declared);
    expect(checked.failures).toEqual([]);
    expect(checked.inputs).toMatchObject({ ...expected, ...inputs, __provider: literals[kind] });
  });

  it.each<[Kind, Properties, string[]]>([
    ["BaseRelease", { release: "15" }, ["release"]],
    ["IpRange", { cidr: "10.0.0.1/24", interface: "em 0" }, ["cidr", "interface"]],
    ["Jail", { name: "1", base: template, host: { host: "x", port: 0 } }, ["host.port", "name"]],
    [
      "Jail",
      { name: "web", base: template, parameters: { "allow.raw_socket": true }, addresses: ["x"] },
      ["addresses[0].address", 'parameters["allow.raw_socket"]'],
    ],
  ])("names the property of a %s that is wrong: %j", async (kind, inputs, properties) => {
    const { urn, inputs: declared } = declare(kind, "a", { host: nowhere, ...inputs });
    const { failures } = await server.check(urn, {}, declared);
    expect(failures.map(({ property }) => property).sort()).toEqual(properties);
    expect(failures.every(({ reason }) => reason.length > 5)).toBe(true);
  });

  it.each(inputKeys)("takes a %s whose %s is not known yet", async (kind, key) => {
    const { urn, inputs } = declare(kind, "a", everyInput[kind]);
    const open = { ...inputs, [key]: unknownValue };
    const { inputs: checked, failures } = await server.check(urn, {}, open);
    expect({ failures, [key]: checked[key] }).toEqual({ failures: [], [key]: unknownValue });
    const diff = await server.diff("id", urn, inputs, checked);
    // A value that may turn out to be the same replaces nothing.
    expect(diff).toMatchObject({ changes: true, replaces: [] });
  });
});
