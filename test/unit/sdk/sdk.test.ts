/** What the classes send to the engine. Types, owners and the loader's text are part of every state. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { BaseRelease, DiskImage, IpRange, Jail, JailPackage } from "../../../sdk/index.js";
import { registrationsOf, secret } from "./mocks.js";

const host = "ssh://root@192.0.2.1";
const release = "15.1-RELEASE";
const network = { cidr: "10.0.0.0/24", interface: "em0" };

describe("what is written into every state, and so never changes", () => {
  const declareAll = () => {
    const base = new BaseRelease("base", { host, release });
    const lan = new IpRange("lan", { host, ...network });
    const jail = new Jail("web", { host, base, addresses: [lan] });
    new JailPackage("app", { host, version: "1.0", jail });
    new DiskImage("disk", { host, base, size: "1g" });
  };

  it.each([
    ["base", "BaseRelease", "baseRelease"],
    ["lan", "IpRange", "ipRange"],
    ["web", "Jail", "jail"],
    ["app", "JailPackage", "jailPackage"],
    ["disk", "DiskImage", "diskImage"],
  ])("of %s: the type, the loader and the owner", async (name, kind, exported) => {
    const seen = await registrationsOf(declareAll);
    const { type, inputs } = seen[name]!;
    expect(type).toBe(`pulumi-nodejs:dynamic/freebsd:${kind}`);
    expect(inputs.__provider).toBe(
      `exports.handler = () => require("pulumi-freebsd/provider").${exported};`,
    );
    expect(inputs.owner).toBe(
      `urn:pulumi:dev::test::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`,
    );
  });

  it("is the URN, also under a component", async () => {
    class Farm extends pulumi.ComponentResource {
      constructor(name: string) {
        super("my:farm:Farm", name);
        new IpRange("lan", { host, ...network }, { parent: this });
      }
    }
    const { lan } = await registrationsOf(() => void new Farm("farm"));
    expect(lan!.inputs.owner).toBe(
      "urn:pulumi:dev::test::my:farm:Farm$pulumi-nodejs:dynamic/freebsd:IpRange::lan",
    );
  });
});

it("an empty jail has no base", async () => {
  const files = { "/start": { content: "x" } };
  const { web } = await registrationsOf(() => void new Jail("web", { host, type: "empty", files }));
  expect(web!.inputs).toMatchObject({ type: "empty", files });
  expect(web!.inputs).not.toHaveProperty("base");
});

describe("references to other resources", () => {
  const program = () => {
    const base = new BaseRelease("base", { host, release });
    const lan = new IpRange("lan", { host, ...network, exclude: ["10.0.0.9"] });
    const given = { address: "10.0.0.5", interface: "em0" };
    new Jail("web", { host, base, addresses: [lan, given, "10.0.0.6"] });
  };

  it("are plain objects of what the provider needs", async () => {
    const { web } = await registrationsOf(program);
    expect(web!.inputs.base).toEqual({
      templateName: "15.1-RELEASE-full-0123abcd",
      path: "/usr/local/jails/templates/x",
      release,
    });
    expect(web!.inputs.addresses).toEqual([
      { kind: "range", ...network, exclude: ["10.0.0.9"] },
      { address: "10.0.0.5", interface: "em0" },
      "10.0.0.6",
    ]);
  });

  it("are dependencies, so that the jail goes before its base and its range", async () => {
    const { web, base, lan } = await registrationsOf(program);
    expect([...web!.dependencies].sort()).toEqual([base!.urn, lan!.urn].sort());
  });
});

describe("names", () => {
  it.each([
    ["the resource's", {}, "web"],
    ["the given one", { name: "www" }, "www"],
  ])("of jails are %s", async (_, more, expected) => {
    const { web } = await registrationsOf(() => {
      const base = new BaseRelease("base", { host, release });
      new Jail("web", { host, base, ...more });
    });
    expect(web!.inputs.name).toBe(expected);
  });
});

describe("outputs", () => {
  it("are there also of inputs that the provider fills in, so that apply works on them", async () => {
    const seen: unknown[] = [];
    await registrationsOf(() => {
      const base = new BaseRelease("base", { host, release });
      const lan = new IpRange("lan", { host, ...network });
      const web = new Jail("web", { host, base });
      seen.push(base.dataset, base.userland, lan.exclude, lan.capacity, web.running, web.jid);
      seen.push(web.dataset, web.address, web.addressList, web.osrelease, web.hostuuid);
    });
    expect(seen.map((each) => pulumi.Output.isInstance(each))).toEqual(seen.map(() => true));
  });
});

describe("the host", () => {
  const hostOf = async (given: ConstructorParameters<typeof IpRange>[1]["host"]) => {
    const args = { ...network, ...(given === undefined ? {} : { host: given }) };
    return (await registrationsOf(() => void new IpRange("lan", args))).lan!.inputs.host;
  };

  it("is left to the provider's configuration when it is not given", async () => {
    expect(await hostOf(undefined)).toBeUndefined();
  });

  it.each<[string, Parameters<typeof hostOf>[0]]>([
    ["text", host],
    ["an output", pulumi.output(host)],
    ["a promise", Promise.resolve(host)],
  ])("may be %s", async (_, given) => {
    expect(await hostOf(given)).toBe(host);
  });

  it("has its credentials marked as secrets, and nothing else", async () => {
    const keys = { privateKey: "key", privateKeyPassword: "passphrase", password: "word" };
    const plain = { host: "h", port: 22, user: "u", hostKey: "SHA256:x", become: "doas" as const };
    const secrets = Object.fromEntries(
      Object.entries(keys).map(([name, value]) => [name, secret(value)]),
    );
    expect(await hostOf({ ...plain, ...keys })).toEqual({ ...plain, ...secrets });
  });

  it("has secrets in its hops, too", async () => {
    const hop = { host: "bastion", password: "word" };
    expect(await hostOf({ host: "h", proxy: [hop, "ssh://second"] })).toEqual({
      host: "h",
      proxy: [{ host: "bastion", password: secret("word") }, "ssh://second"],
    });
    expect(await hostOf({ host: "h", proxy: hop })).toEqual({
      host: "h",
      proxy: [{ host: "bastion", password: secret("word") }],
    });
  });
});

describe("packages", () => {
  const base = () => new BaseRelease("base", { host, release });

  it("know their jail or how they are built, and are layers by path or by URL", async () => {
    const { app, built, web } = await registrationsOf(() => {
      const from = base();
      const jail = new Jail("source", { host, base: from, type: "clone" });
      const layer = new JailPackage("app", { host, version: "1.0", jail });
      new JailPackage("built", { host, version: "2", build: { base: from, commands: ["true"] } });
      const url = { url: "https://example.org/b.tar.xz", sha256: "cd" };
      new Jail("web", { host, base: from, layers: [layer, "/p/c.tar.xz", url] });
    });
    expect(app!.inputs).toMatchObject({
      name: "app",
      jail: { name: "source", type: "clone", base: { path: "/usr/local/jails/templates/x" } },
    });
    expect(built!.inputs.build).toMatchObject({ commands: ["true"], base: { release } });
    expect(web!.inputs.layers).toEqual([
      { path: "/p/app-1.0.tar.xz", sha256: "ab" },
      "/p/c.tar.xz",
      { url: "https://example.org/b.tar.xz", sha256: "cd" },
    ]);
    expect(web!.dependencies.join()).toContain("JailPackage::app");
  });
});

describe("disk images", () => {
  it("know their base or their jail, and the catalogue where they need it", async () => {
    pulumi.runtime.setConfig("freebsd:images", '{ "cloud": { "url": "https://example.org/c" } }');
    const { disk, copy, cloud } = await registrationsOf(() => {
      const base = new BaseRelease("base", { host, release });
      const jail = new Jail("web", { host, base, type: "clone" });
      const disk = new DiskImage("disk", { host, base, size: "1g", mountAt: "/mnt/disk" });
      new DiskImage("copy", { host, jail, size: "1g", name: "other" });
      new DiskImage("cloud", { host, import: "cloud" });
      new BaseRelease("again", { host, release, directory: disk.mountAt });
    });
    expect(disk!.inputs).toMatchObject({
      name: "disk",
      base: { path: "/usr/local/jails/templates/x" },
      mountAt: "/mnt/disk",
    });
    expect(disk!.inputs).not.toHaveProperty("images");
    expect(copy!.inputs).toMatchObject({ name: "other", jail: { name: "web", type: "clone" } });
    expect(cloud!.inputs).toMatchObject({
      import: "cloud",
      images: { cloud: { url: "https://example.org/c" } },
    });
  });
});
