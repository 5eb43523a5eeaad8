/** What `Jail.get` asks the engine to read. */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { expect, it, vi } from "vitest";
import { Jail } from "../../../sdk/index.js";

it("the host, the key and the loader; outputs are there to be used", async () => {
  const read = vi.spyOn(MockMonitor.prototype, "readResource");
  await pulumi.runtime.setMocks(
    { newResource: ({ id, inputs }) => ({ id: id!, state: inputs }), call: () => ({}) },
    "test",
    "dev",
  );
  const seen = Jail.get("seen", "db", { host: "ssh://root@192.0.2.1" });
  Jail.get("own", "web");
  await pulumi.runtime.disconnect();
  const requests = read.mock.calls
    .map(([request]) => request)
    .sort((a, b) => (a.getId() < b.getId() ? -1 : 1));
  read.mockRestore();
  expect(requests.map((request) => [request.getId(), request.getName()])).toEqual([
    ["db", "seen"],
    ["web", "own"],
  ]);
  expect(requests[0].getType()).toBe("pulumi-nodejs:dynamic/freebsd:Jail");
  expect(requests[0].getProperties().toJavaScript()).toEqual({
    host: "ssh://root@192.0.2.1",
    lookup: "db",
    owner: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/freebsd:Jail::seen",
    __provider: 'exports.handler = () => require("pulumi-freebsd/provider").jail;',
  });
  const outputs = [seen.name, seen.path, seen.address, seen.running, seen.hostuuid];
  expect(outputs.every((each) => pulumi.Output.isInstance(each))).toBe(true);
});
