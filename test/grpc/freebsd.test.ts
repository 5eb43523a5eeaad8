/**
 * The provider as the engine meets it: in the server of dynamic resources of the oldest and the newest SDK, over
 * gRPC, against an embedded host over SSH.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DynamicProvider } from "./dynamic-provider.js";
import {
  create,
  createAll,
  declare,
  type EmbeddedHost,
  failure,
  literals,
  loginTo,
  startEmbeddedHost,
  startServer,
  update,
} from "./freebsd-world.js";
import { sdks } from "./project.js";

const nowhere = "ssh://root@192.0.2.1";

describe.each(sdks)("the provider in @pulumi/pulumi $version", ({ directory: sdk }) => {
  let server: DynamicProvider;
  const hosts: EmbeddedHost[] = [];

  beforeAll(async () => {
    server = await startServer(sdk);
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
  });
  afterAll(() => server?.stop());

  const startHost = async (options: Parameters<typeof startEmbeddedHost>[0] = {}) => {
    const host = await startEmbeddedHost({ speed: 1000, ...options });
    hosts.push(host);
    return host;
  };
  /** What is printed meanwhile: what a preview would show. */
  const printedBy = async (work: () => Promise<unknown>): Promise<string> => {
    const before = server.printed().length;
    await work();
    // What it prints comes through a pipe of its own; what a later call prints comes after it.
    const last = `marker-${before}`;
    const shout = `exports.handler = () => ({ check(_, n) { console.log("${last}"); return { inputs: n }; } })`;
    await server.check("urn", {}, { __provider: shout });
    await expect.poll(() => server.printed().slice(before)).toContain(last);
    const printed = server.printed().slice(before);
    return printed.slice(0, printed.indexOf(last));
  };

  it("creates, compares, reads, updates and deletes", async () => {
    const host = await startHost();
    const before = host.snapshot();
    const all = await createAll(server, loginTo(host));
    const web = await create(server, all.web);
    expect(all.states.base.properties).toMatchObject({
      dataset: "",
      userland: "15.1-RELEASE-p1",
      patchLevel: 1,
    });
    expect(all.states.lan.properties).toMatchObject({ capacity: "14", gatewayAddress: "" });
    const outputs = { address: "10.20.0.1", addressList: ["10.20.0.1"], jid: 1 };
    expect(web.properties).toMatchObject({ ...outputs, hostuuid: expect.any(String) });
    expect(web.properties.__provider).toBe(literals.Jail);

    const { inputs: same } = await server.check(all.web.urn, web.properties, all.web.inputs);
    const quiet = await printedBy(async () => {
      expect(await server.diff(web.id, all.web.urn, web.properties, same)).toMatchObject({
        changes: false,
        replaces: [],
      });
    });
    expect(quiet).toBe("");

    const read = await server.read(web.id, all.web.urn, web.properties);
    expect(read).toEqual({ id: web.id, properties: web.properties, inputs: expect.anything() });
    expect(await server.diff(web.id, all.web.urn, read.properties, same)).toMatchObject({
      changes: false,
    });

    const changed = all.declareWeb({ hostname: "www", mounts: [{ type: "tmpfs", target: "/x" }] });
    const { inputs: news } = await server.check(changed.urn, web.properties, changed.inputs);
    const told = await printedBy(async () => {
      expect(await server.diff(web.id, changed.urn, web.properties, news)).toMatchObject({
        changes: true,
        replaces: [],
      });
    });
    expect(told.trim()).toBe("jail web: restart (mounts: /x added); live change (hostname)");
    const updated = await update(server, changed, web);
    expect(updated.properties).toMatchObject({ ...outputs, jid: 2, hostname: "www" });
    expect(Object.keys(updated.properties)).toEqual(
      expect.arrayContaining(Object.keys(web.properties)),
    );
    expect((await host.run("jls -j web host.hostname")).stdout).toBe("www\n");

    await server.delete(web.id, changed.urn, updated.properties);
    expect(await server.read(web.id, changed.urn, updated.properties)).toMatchObject({ id: "" });
    await server.delete(web.id, changed.urn, updated.properties);
    for (const name of ["lan", "base"] as const) {
      const { id, properties } = all.states[name];
      await server.delete(id, all[name].urn, properties);
      expect((await server.read(id, all[name].urn, properties)).id).toBe("");
      await server.delete(id, all[name].urn, properties);
    }
    expect(host.snapshot()).toEqual(before);
    expect(server.printed()).not.toContain("Unexpected struct type");
  });

  it("gives back every output of a stopped clone without addresses on ZFS", async () => {
    const host = await startHost({ zpool: "tank" });
    const all = await createAll(server, loginTo(host, { dataset: "tank/jails" }), {
      type: "clone",
      addresses: [],
      running: false,
    });
    const web = await create(server, all.web);
    const outputs = { jid: 0, address: "", addressList: [], osrelease: "" };
    expect(web.properties).toMatchObject({ ...outputs, dataset: "tank/jails/containers/web" });
    expect(await server.read(web.id, all.web.urn, web.properties)).toMatchObject({
      id: web.id,
      properties: outputs,
    });
  });

  it("replaces a base by another release, the new one first", async () => {
    const { urn, inputs } = declare("BaseRelease", "base", {
      host: nowhere,
      release: "14.3-RELEASE",
    });
    const { inputs: olds } = await server.check(urn, {}, inputs);
    const next = { ...inputs, release: "15.1-RELEASE" };
    const { inputs: news } = await server.check(urn, olds, next);
    const told = await printedBy(async () => {
      expect(await server.diff("id", urn, olds, news)).toEqual({
        changes: true,
        replaces: ["release"],
        deleteBeforeReplace: false,
      });
    });
    expect(told).toMatch(/^base 14\.3-RELEASE: replace, the new one beside the old \(release\)/);
  });

  it("tells of drift in read's properties and inputs", async () => {
    const host = await startHost();
    const all = await createAll(server, loginTo(host));
    const web = await create(server, all.web);
    await host.run("jail -m name=web host.hostname=surprise");
    const read = await server.read(web.id, all.web.urn, web.properties);
    const drift = { hostname: "surprise", __provider: literals.Jail };
    expect(read).toMatchObject({ id: web.id, properties: drift, inputs: drift });
  });

  it("fails, and does not say that a thing is gone, when the host does not answer", async () => {
    const host = await startHost();
    const login = loginTo(host);
    const lan = declare("IpRange", "lan", {
      host: login,
      cidr: "10.20.0.0/28",
      interface: "vtnet0",
    });
    const { id, properties } = await create(server, lan);
    await host.faults.unreachable();
    host.faults.cutNow();
    const error = await failure(server.read(id, lan.urn, properties));
    expect(error.message).toContain(host.address);
    expect(error.details).toBeUndefined();
  });

  it("keeps a jail that was made and does not start, with what is needed to go on", async () => {
    const host = await startHost();
    const all = await createAll(server, loginTo(host));
    const starts = (argv: readonly string[]) => argv.includes("-c") && argv[0] === "jail";
    host.faults.fail(starts, { status: 1, stderr: "jail: no luck\n", times: 1 });
    const error = await failure(create(server, all.web));
    expect(error.message).toMatch(/jail web on .*start jail web: failed with status 1: .*no luck/);
    expect(error.details?.reasons).toEqual([error.message]);
    const { id, properties } = error.details!;
    expect(properties).toMatchObject({ name: "web", jid: 0, __provider: literals.Jail });
    const repaired = await update(server, all.web, { id, properties });
    expect(repaired.properties).toMatchObject({ jid: 1, address: "10.20.0.1" });
    await server.delete(id, all.web.urn, properties);
    expect((await host.run("jls -q name; ls /etc/jail.conf.d")).stdout).toBe("");
  });

  it("keeps nothing of what was refused", async () => {
    const host = await startHost();
    const range = { cidr: "10.20.0.0/28", interface: "em7" };
    const lan = declare("IpRange", "lan", { host: loginTo(host), ...range });
    const error = await failure(create(server, lan));
    expect(error.message).toMatch(/there is no interface em7\. The host has .*vtnet0/);
    expect(error.details).toBeUndefined();
  });
});

describe.each(sdks)("the configuration, in @pulumi/pulumi $version", ({ directory: sdk }) => {
  it("gives host and credentials, to parallel first calls, too", async () => {
    const host = await startEmbeddedHost();
    const server = await startServer(sdk, {
      "freebsd:host": host.url,
      "freebsd:privateKey": host.privateKey,
      "freebsd:hostKey": host.hostKey,
      "other:host": "ssh://root@192.0.2.1",
    });
    try {
      const ranges = ["10.20.0.0/28", "10.21.0.0/28", "10.22.0.0/28"].map((cidr, i) =>
        declare("IpRange", `lan${i}`, { cidr, interface: "vtnet0" }),
      );
      const states = await Promise.all(ranges.map((range) => create(server, range)));
      for (const { properties } of states) {
        expect(properties).toMatchObject({ host: host.url, capacity: "14" });
        expect(JSON.stringify(properties)).not.toContain("PRIVATE KEY");
      }
      expect(host.counters.connections).toBe(1);
    } finally {
      await server.stop();
      await host.stop();
    }
  });
});

describe("a state", () => {
  const [oldest, newest] = sdks as [(typeof sdks)[0], (typeof sdks)[0]];

  it.each([
    [oldest, newest],
    [newest, oldest],
  ])("of @pulumi/pulumi $version is served by the other one", async (first, second) => {
    const host = await startEmbeddedHost();
    const one = await startServer(first.directory);
    const two = await startServer(second.directory);
    try {
      const all = await createAll(one, loginTo(host));
      const web = await create(one, all.web);
      const read = await two.read(web.id, all.web.urn, web.properties);
      expect(read.properties).toEqual(web.properties);
      const { inputs } = await two.check(all.web.urn, web.properties, all.web.inputs);
      expect(await two.diff(web.id, all.web.urn, web.properties, inputs)).toMatchObject({
        changes: false,
      });
      const moved = await update(two, all.declareWeb({ hostname: "www" }), web);
      expect(await one.read(web.id, all.web.urn, moved.properties)).toMatchObject({
        properties: { hostname: "www", jid: 1 },
      });
      await two.delete(web.id, all.web.urn, moved.properties);
      expect((await host.run("jls -q name; ls /etc/jail.conf.d")).stdout).toBe("");
    } finally {
      await Promise.all([one.stop(), two.stop()]);
      await host.stop();
    }
  });
});
