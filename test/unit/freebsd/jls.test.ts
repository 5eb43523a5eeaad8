/** jls(8) as libxo JSON: running jails and their parameters. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "../../../provider/freebsd/address.js";
import {
  parseJail,
  parseTenants,
  type RunningJail,
  showJail,
} from "../../../provider/freebsd/jls.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, printed } from "./damage.js";

type Raw = Record<string, unknown>;

const list = (...jails: Raw[]) =>
  printed(`${JSON.stringify({ __version: "2", "jail-information": { jail: jails } })}\n`);
const jailsIn = (text: string) =>
  (JSON.parse(text) as { "jail-information": { jail: Raw[] } })["jail-information"].jail;

const web = {
  jid: "7",
  name: "web",
  path: "/j/web",
  dying: false,
  osrelease: "15.1-RELEASE",
  "host.hostname": "web.example.org",
  "ip4.addr": ["10.0.2.101"],
  "ip6.addr": [],
};

const show = (jail: RunningJail): string[] => [
  `jid ${jail.jid} ${jail.name} in ${jail.path}, ${jail.hostname}, ${jail.osrelease}, ${jail.dying}`,
  ...jail.addresses,
  ...[...jail.parameters].map(([key, value]) => `${key}=${JSON.stringify(value)}`),
];
const said = (raw: Raw): string[] => [
  `jid ${raw.jid} ${raw.name} in ${raw.path}, ${raw["host.hostname"]}, ${raw.osrelease}, ${raw.dying}`,
  ...[raw["ip4.addr"] ?? [], raw["ip6.addr"] ?? []]
    .flat()
    .map((text) => formatAddress(parseAddress(text as string)!)),
  ...Object.entries(raw)
    .filter(([, value]) => !Array.isArray(value))
    .map(
      ([key, value]) => `${key}=${JSON.stringify(typeof value === "number" ? `${value}` : value)}`,
    ),
];

describe.each(releases)("on %s", (release) => {
  it("a running jail is read with its parameters", () => {
    const jail = parseJail(answer(release, "04", "jls --libxo json -n -j web"), "web")!;
    expect(jail).toMatchObject({
      jid: 1,
      name: "web",
      path: "/usr/local/jails/containers/web",
      hostname: "web.example.org",
      dying: false,
      addresses: ["10.0.2.101"],
    });
    expect(jail.osrelease).toMatch(new RegExp(`^${release}`));
    expect(jail.parameters.get("enforce_statfs")).toBe("2");
    expect(jail.parameters.get("allow.raw_sockets")).toBe(false);
    expect(jail.parameters.get("allow.reserved_ports")).toBe(true);
  });

  it("every jail that was ever shown with all its parameters is read", () => {
    const all = answers(release, /^jls --libxo json -n( -j \w+)?$/);
    expect(all.length).toBeGreaterThan(1);
    for (const result of all) {
      for (const raw of jailsIn(result.stdout)) {
        expect(show(parseJail(result, raw.name as string)!).sort()).toEqual(said(raw).sort());
      }
    }
  });

  it("of both families all addresses are read", () => {
    const [two] = jailsIn(
      answer(release, "08", "jls --libxo json -j two jid name ip4.addr ip6.addr").stdout,
    );
    const { addresses } = parseJail(list({ ...web, ...two }), "two")!;
    expect(addresses).toEqual(["10.0.2.121", "10.1.1.1", "fd00:1::121"]);
  });

  it("a jail that does not run is none", () => {
    const all = answers(release, /^jls -j web\d? /).filter(({ status }) => status === 1);
    const absent = all.filter(({ stderr }) => stderr.includes("not found"));
    expect(absent.length).toBeGreaterThan(1);
    for (const result of absent) expect(parseJail(result, "web")).toBeUndefined();
    const others = all.filter((result) => !absent.includes(result));
    expect(others.length).toBeGreaterThan(0);
    for (const result of others) expect(() => parseJail(result, "web")).toThrow(/^jls answered/);
  });

  it("the answer for all jails is the answer for each, also when none runs", () => {
    const all = answer(release, "04", "jls --libxo json -n");
    expect(parseJail(showJail("web").wide!.pick(all), "web")).toEqual(parseJail(all, "web"));
    expect(parseJail(showJail("we").wide!.pick(all), "we")).toBeUndefined();
    const none = answer(release, "01", "jls --libxo json");
    expect(parseJail(showJail("web").wide!.pick(none), "web")).toBeUndefined();
  });

  it("damaged answers never make a wrong jail", () => {
    expectNeverWrong({
      texts: [answer(release, "04", "jls --libxo json -n -j web").stdout],
      read: (text) => show(parseJail(printed(text), "web")!),
      said: (text) => said(jailsIn(text)[0]!),
      error: /^jls answered /,
    });
  });
});

it("text that is no jls output is an error, never a jail", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseJail(printed(text), "web")).toThrow(/^jls answered/);
    }),
  );
});

it.each([
  ["jid", "0"],
  ["jid", "-1"],
  ["jid", "x"],
  ["path", "j/web"],
  ["dying", "no"],
  ["osrelease", false],
  ["host.hostname", 1],
  ["ip4.addr", "10.0.2.101"],
  ["ip4.addr", ["10.0.2"]],
  ["ip6.addr", ["fe80::1%em0"]],
  ["future.parameter", { deep: 1 }],
])("a field that is not what jls prints is an error: %s is %j", (key, value) => {
  expect(() => parseJail(list({ ...web, [key]: value }), "web")).toThrow(
    `jls answered "${key}: ${JSON.stringify(value).replaceAll('"', '\\"')}"`,
  );
});

it.each(["jid", "path", "dying", "osrelease", "host.hostname"])("%s is always there", (key) => {
  expect(() => parseJail(list({ ...web, [key]: undefined }), "web")).toThrow(/^jls answered/);
});

it("a kernel may lack a family, and have parameters of a later release", () => {
  const { "ip6.addr": _, ...without } = web;
  const jail = parseJail(list({ ...without, "future.number": 3, "future.list": ["a"] }), "web")!;
  expect(jail.addresses).toEqual(["10.0.2.101"]);
  expect(jail.parameters.get("future.number")).toBe("3");
  expect(jail.parameters.has("future.list")).toBe(false);
});

it("jails of others may be as strange as they like", () => {
  const strange = { jid: 3, name: "7", path: 7, dying: "?" };
  const nested = { ...web, name: "a.b,c d" };
  const { pick } = showJail("web").wide!;
  expect(parseJail(pick(list(strange, nested, web)), "web")?.jid).toBe(7);
});

it("an address has its canonical text, whatever the kernel prints", () => {
  const jail = parseJail(list({ ...web, "ip6.addr": ["FD00:0::1", "::ffff:10.0.0.1"] }), "web")!;
  expect(jail.addresses.slice(1)).toEqual(["fd00::1", "::ffff:a00:1"]);
});

it("an answer about another jail than the one that was asked for is an error", () => {
  expect(() => parseJail(list(web), "db")).toThrow(/^jls answered/);
});

it("whatever jls prints comes back", () => {
  const text = fc.string({ unit: "binary" });
  const raw = fc.record({
    jid: fc.integer({ min: 1, max: 999_999 }).map(String),
    name: fc.constant("web"),
    path: text.map((path) => `/${path}`),
    dying: fc.boolean(),
    osrelease: text,
    "host.hostname": text,
    "ip4.addr": fc.array(fc.ipV4()),
    "ip6.addr": fc.array(fc.ipV6()),
    "allow.x": fc.boolean(),
    "meta.x": text,
  });
  fc.assert(
    fc.property(raw, (each) => {
      expect(show(parseJail(list(each), "web")!).sort()).toEqual(said(each).sort());
    }),
  );
});

it("tenants are other jails at or below a path, but no children of the jail itself", () => {
  const at = (name: string, path: unknown) => ({ name, path });
  const jail = [
    ...[at("web", "/j/web"), at("web.child", "/j/web/child"), at("web2", "/j/web2")],
    ...[at("rescue", "/j/web"), at("inside", "/j/web/srv"), at("strange", 7), at("all", "/")],
  ];
  const stdout = JSON.stringify({ "jail-information": { jail } });
  const tenants = parseTenants({ status: 0, stdout, stderr: "" }, "/j/web", "web");
  expect(tenants).toEqual(["rescue", "inside"]);
  expect(() => parseTenants({ status: 1, stdout: "", stderr: "no" }, "/j", "x")).toThrow("jls");
});
