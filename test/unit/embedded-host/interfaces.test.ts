import { afterEach, describe, expect, test } from "vitest";
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import { prefixOf } from "../../embedded-host/kernel/network/addresses.js";
import { jailHost, releases } from "./jail-host.js";

let host: EmbeddedConsole;
afterEach(() => host.stop());

describe.each(releases)("interfaces of %s", (release) => {
  test("take a second address back, and only that", async () => {
    host = jailHost(release);
    await host.run("ifconfig vtnet0 inet 10.0.2.50 netmask 255.255.255.255 alias");
    await host.run("ifconfig vtnet0 inet 10.0.2.50 -alias");
    const { stdout } = await host.run("ifconfig -f inet:cidr vtnet0 inet");
    expect(stdout.match(/inet \S+/g)).toEqual(["inet 10.0.2.15/24"]);
  });

  test("carry a description and groups, and are listed by group", async () => {
    host = jailHost(release);
    await host.run("ifconfig bridge0 create descr 'for jails' group mine up");
    const { stdout } = await host.run("ifconfig bridge0; ifconfig -g mine");
    expect(stdout).toContain("\tdescription: for jails\n");
    expect(stdout).toContain("\tgroups: bridge mine\n");
    expect(stdout.endsWith("\nbridge0\n")).toBe(true);
  });

  test("a renamed end of a pair still takes the other end with it", async () => {
    host = jailHost(release);
    await host.run("ifconfig epair3 create; ifconfig epair3a name web_a; ifconfig web_a destroy");
    expect((await host.run("ifconfig -l")).stdout).toBe("vtnet0 lo0\n");
  });

  test("-vnet takes an interface back from a running jail", async () => {
    host = jailHost(release);
    await host.run(
      "ifconfig epair0 create; jail -c name=v path=/ vnet persist; ifconfig epair0b vnet v",
    );
    expect((await host.run("jexec v ifconfig -l")).stdout).toBe("lo0 epair0b\n");
    await host.run("ifconfig epair0b -vnet v");
    expect((await host.run("ifconfig -l")).stdout).toContain("epair0b");
  });

  test("a jail without a network of its own sees only its addresses and changes none", async () => {
    host = jailHost(release);
    await host.run("jail -c name=j path=/ persist ip4.addr='vtnet0|10.0.2.60/32'");
    const { stdout } = await host.run("jexec j ifconfig vtnet0 inet");
    expect(stdout.match(/inet \S+/g)).toEqual(["inet 10.0.2.60"]);
    const refused = await host.run("jexec j ifconfig vtnet0 inet 10.0.2.61/32 alias");
    expect([refused.status, refused.stderr]).toEqual([
      1,
      `ifconfig: ioctl (SIOCAIFADDR): ${release === "13.2-RELEASE" ? "permission denied" : "Operation not permitted"}\n`,
    ]);
  });
});

test("ifconfig -j looks into a jail from 14 on", async () => {
  host = jailHost("15.1-RELEASE-p1");
  await host.run("jail -c name=v path=/ vnet persist");
  expect((await host.run("ifconfig -j v -l")).stdout).toBe("lo0\n");
  host.stop();
  host = jailHost("13.2-RELEASE");
  expect((await host.run("ifconfig -j v -l")).stderr).toContain("illegal option -- j");
});

test("netmasks have contiguous bits", () => {
  host = jailHost("13.2-RELEASE");
  expect([prefixOf("255.255.255.0"), prefixOf("0xffffff00"), prefixOf("255.0.255.0")]).toEqual([
    24,
    24,
    undefined,
  ]);
});
