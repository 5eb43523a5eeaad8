/** `Jail.get`: a jail that a host has, by its name or its resource's id, whoever made it. */
import { expect, it } from "vitest";
import { jail as provider } from "../../provider/index.js";
import { Provider } from "../../provider/pulumi/binding.js";
import { unknownValue } from "../../provider/pulumi/unknown.js";
import { jail as definition } from "../../provider/resources/jail.js";
import { type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld } from "./world.js";

it("says what runs and what is configured, and what the host does not have is not there", async () => {
  const world = await startWorld({ dataset: "tank/jails" });
  const { host, login } = world;
  const stack = new Stack();
  await stack.up([
    base(login),
    range(login),
    jail(login, "web", { type: "clone", limits: { maxproc: 100 } }),
    jail(login, "idle", { running: false }),
  ]);
  const given = { host: login, owner: stack.urn("Jail", "seen"), __provider: "p" };
  const read = (lookup: string, more: Properties = {}) =>
    provider.read(lookup, { ...given, lookup, ...more });
  const before = host.snapshot();

  const id = stack.states.get("web")!.id;
  const { jid, address, path, osrelease } = stack.outputs.web!;
  const web = await read("web");
  expect(web).toMatchObject({
    id: "web",
    inputs: { ...given, lookup: "web" },
    props: {
      ...{ ...given, lookup: "web", name: "web", hostname: "web", running: true },
      ...{ jid, address, path, osrelease, addressList: [address] },
      ...{ dataset: "tank/jails/containers/web", limitsInForce: { "maxproc:deny": "100" } },
      ...{ hostuuid: stack.outputs.web!.hostuuid, hostKeys: stack.outputs.web!.hostKeys },
    },
  });
  expect((await read(id)).props).toEqual({ ...web.props, lookup: id });
  // A refresh gives back all that was read.
  expect(await provider.read("web", web.props!)).toEqual(web);
  expect((await read("idle")).props).toMatchObject({
    ...{ name: "idle", running: false, jid: 0, osrelease: "", limitsInForce: {} },
    ...{ address: stack.outputs.idle!.address, path: "/usr/local/jails/containers/idle" },
  });
  for (const key of ["nosuch", "0123456789abcdef", "../x", ""]) {
    await expect(read(key)).rejects.toThrow(
      `Jail ${key}: root@127.0.0.1:${host.port} has none of that name, and none of that id.`,
    );
  }

  // A preview may not know the host yet.
  const { connections } = host.counters;
  const unknown = { ...given, host: unknownValue, lookup: "web" };
  expect(await provider.read("web", unknown)).toMatchObject({ id: "web", props: unknown });
  expect(host.counters.connections).toBe(connections);
  expect(host.snapshot()).toEqual(before);
});

it("reads others' jails, also beside a file that jail(8) does not understand", async () => {
  const { host, login } = await startWorld({});
  await host.run("jail -c name=other path=/tmp host.hostname=o ip4.addr=10.0.2.15 persist");
  await host.run("cat > /etc/jail.conf", {
    stdin:
      'db { path = "/j/db"; ip4.addr = "em0|10.0.0.9/24 vhid 1,10.0.0.8"; ip6.addr = "2001:DB8::9"; }\n',
  });
  // The host is the stack's.
  const ofStack = new Provider(definition);
  const config: Record<string, unknown> = {
    "freebsd:host": `ssh://root@${host.address}:${host.port}`,
    "freebsd:privateKey": login.privateKey,
    "freebsd:hostKey": login.hostKey,
  };
  const get = (key: string) => config[key] as string;
  await ofStack.configure({ config: { get, require: get } });
  const read = (lookup: string) => ofStack.read(lookup, { lookup });
  expect((await read("other")).props).toMatchObject({
    ...{ name: "other", hostname: "o", address: "10.0.2.15", dataset: "", running: true },
  });
  const db = await read("db");
  expect(db.props).toMatchObject({
    ...{ path: "/j/db", hostname: "", addressList: ["10.0.0.9", "10.0.0.8", "2001:db8::9"] },
  });
  await host.run("echo '}' > /etc/jail.conf");
  // A refresh forgets it.
  const { props } = db;
  expect(await ofStack.read("db", props!)).toEqual({ id: "", props: {} });
  expect((await read("other")).props).toMatchObject({ running: true });
});
