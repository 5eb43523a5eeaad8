/** What is read of an exported state, and how a status looks. */
import { expect, it } from "vitest";
import { parseState } from "../../../provider/cli/state.js";
import { isWell, type ResourceStatus, type Status } from "../../../provider/cli/status.js";
import { renderStatus } from "../../../provider/cli/table.js";

const sealed = (more: object) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...more,
});
const urn = (kind: string, name: string) =>
  `urn:pulumi:dev::p::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`;
const resource = (kind: string, name: string, more: object = {}) => ({
  type: `pulumi-nodejs:dynamic/freebsd:${kind}`,
  ...{ urn: urn(kind, name), id: "0123456789abcdef", inputs: {}, outputs: {}, ...more },
});
const state = (resources: object[]) => JSON.stringify({ version: 3, deployment: { resources } });

it("a state's own resources are read; secrets that are shown are values, sealed ones are left out", () => {
  const outputs = {
    host: sealed({ plaintext: '{"host":"a","password":"x"}' }),
    files: { "/a": sealed({ ciphertext: "v1:abc" }) },
  };
  const found = parseState(
    state([
      { type: "pulumi:pulumi:Stack", urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev" },
      resource("Jail", "web", { outputs }),
      resource("BaseRelease", "old", { delete: true }),
      resource("Jail", "seen", { external: true }),
    ]),
  );
  expect(found).toEqual([
    {
      ...{ kind: "Jail", name: "web", id: "0123456789abcdef", inputs: {} },
      outputs: { host: { host: "a", password: "x" }, files: { "/a": undefined } },
    },
  ]);
  expect(parseState(state([]))).toEqual([]);
  expect(() => parseState("{}")).toThrow(/no state as pulumi stack export writes it/);
});

it("tables line up, name what differs, and are left out when they would be empty", () => {
  const of = (more: Partial<ResourceStatus>): ResourceStatus => ({
    ...{ kind: "Jail", name: "web", host: "root@a:22", state: "running", drift: [], error: "" },
    details: { type: "thick", release: "15.1-RELEASE", addresses: "10.0.0.2" },
    ...more,
  });
  const host = { host: "root@a:22", release: "15.1", machine: "amd64", hostuuid: "u" };
  const status: Status = {
    hosts: [{ ...host, jails: 2, running: 1, error: "" }],
    jails: [of({}), of({ name: "database", state: "stopped", drift: ["running", "hostname"] })],
    bases: [],
    ranges: [],
    packages: [],
    images: [of({ kind: "DiskImage", name: "disk", state: "ready", details: { size: "2g" } })],
  };
  expect(renderStatus(status)).toBe(
    [
      "HOST       FREEBSD  MACHINE  JAILS RUNNING",
      "root@a:22  15.1     amd64    1 of 2",
      "",
      "JAIL      HOST       STATE    TYPE   RELEASE       ADDRESSES",
      "web       root@a:22  running  thick  15.1-RELEASE  10.0.0.2",
      "database  root@a:22  stopped  thick  15.1-RELEASE  10.0.0.2   running differs; hostname differs",
      "",
      "IMAGE  HOST       STATE  SIZE  MOUNTED AT",
      "disk   root@a:22  ready  2g",
      "",
    ].join("\n"),
  );
  const none = { hosts: [], jails: [], bases: [], ranges: [], packages: [], images: [] };
  expect(renderStatus(none)).toMatch(/no FreeBSD resources/);
});

it("only when every host has everything as the state says, all is well", () => {
  const well = { hosts: [], jails: [], bases: [], ranges: [], packages: [], images: [] };
  const row = { name: "a", host: "h", drift: [], error: "", details: {}, state: "ready" };
  const bases: ResourceStatus[] = [{ ...row, kind: "LinuxBase" }];
  expect(isWell({ ...well, bases })).toBe(true);
  const lost: ResourceStatus[] = [{ ...row, kind: "JailPackage", state: "unknown" }];
  expect(isWell({ ...well, bases, packages: lost })).toBe(false);
  const changed: ResourceStatus[] = [{ ...row, kind: "DiskImage", drift: ["mountAt"] }];
  expect(isWell({ ...well, bases, images: changed })).toBe(false);
  const host = { host: "h", release: "", machine: "", hostuuid: "", jails: 0, running: 0 };
  expect(isWell({ ...well, hosts: [{ ...host, error: "cannot be reached" }] })).toBe(false);
});
