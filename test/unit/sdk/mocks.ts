/** What the SDK registers with the engine, as the engine would see it. */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { vi } from "vitest";

export type Properties = Record<string, unknown>;

export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Properties;
  /** URNs of the resources that it waits for, and whose deletion waits for it. */
  readonly dependencies: readonly string[];
}

/** Outputs that only the provider knows. */
const answers: Record<string, Properties> = {
  BaseRelease: { templateName: "15.1-RELEASE-full-0123abcd", path: "/usr/local/jails/templates/x" },
  IpRange: { capacity: "254" },
  Jail: { jid: 1, address: "10.0.0.1" },
  JailPackage: { path: "/p/app-1.0.tar.xz", sha256: "ab", address: "" },
};

/** Runs a program and gives back what it registered, by name. */
export async function registrationsOf(program: () => void): Promise<Record<string, Registration>> {
  const seen: Record<string, Registration> = {};
  const register = vi.spyOn(MockMonitor.prototype, "registerResource");
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const request = register.mock.calls
          .map(([each]) => each)
          .find((r) => r.getName() === name)!;
        const urn = `urn:pulumi:dev::test::${type}::${name}`;
        // Of the mock's own inputs, a secret anywhere in an object makes all of it one.
        const sent = request.getObject()?.toJavaScript() as Properties;
        seen[name] = { urn, type, inputs: sent, dependencies: request.getDependenciesList() };
        return { id: `id-${name}`, state: { ...inputs, ...answers[type.split(":").at(-1)!] } };
      },
      call: () => ({}),
    },
    "test",
    "dev",
  );
  program();
  await pulumi.runtime.disconnect();
  register.mockRestore();
  return seen;
}

/** A value that the engine keeps as a secret. */
export const secret = (value: unknown): Properties => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
