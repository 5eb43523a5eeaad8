/** What LinuxBase, and a jail on it, send to the engine. */
import { describe, expect, it } from "vitest";
import { Jail, LinuxBase } from "../../../sdk/index.js";
import { registrationsOf } from "./mocks.js";

const host = "ssh://root@192.0.2.1";

describe("a LinuxBase", () => {
  const program = () => {
    const base = new LinuxBase("deb", {
      host,
      distribution: "debian",
      debootstrap: { suite: "sid" },
    });
    new Jail("web", { host, base });
    new Jail("patched", { host, base, patch: "latest" });
  };

  it("has a type, a loader and an owner that never change", async () => {
    const { deb } = await registrationsOf(program);
    expect(deb!.type).toBe("pulumi-nodejs:dynamic/freebsd:LinuxBase");
    expect(deb!.inputs.__provider).toBe(
      'exports.handler = () => require("pulumi-freebsd/provider").linuxBase;',
    );
    expect(deb!.inputs.owner).toBe(
      "urn:pulumi:dev::test::pulumi-nodejs:dynamic/freebsd:LinuxBase::deb",
    );
  });

  it("tells a jail what it is, and is not copied to be patched as FreeBSD", async () => {
    const seen = await registrationsOf(program);
    expect(seen.web!.inputs.base).toMatchObject({ distribution: "debian" });
    expect(seen.web!.inputs.base).not.toHaveProperty("kind");
    expect(Object.keys(seen).sort()).toEqual(["deb", "patched", "web"]);
    expect(seen.patched!.inputs.patch).toBe("latest");
  });
});
