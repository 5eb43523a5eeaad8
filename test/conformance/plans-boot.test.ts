/** Sessions 01 and 22: what a host says of itself, and which jails its rc.d/jail starts. */
import { describe, expect, it } from "vitest";
import { baseRelease } from "../../provider/resources/base-release.js";
import { ipRange } from "../../provider/resources/ip-range.js";
import { jail } from "../../provider/resources/jail.js";
import { see } from "./plans.js";
import { linesOf, reach } from "./plans-evidence.js";
import { baseTarget, jailTarget, rangeTarget, standBeside, standOwning } from "./plans-targets.js";
import { readSession, releases } from "./transcripts.js";

const sysrc = "lockf -k -t 60 /var/run/pulumi-freebsd/rc.conf sysrc";

describe.each(releases)("a host of %s", (release) => {
  const newer = release !== "13.2-RELEASE";

  it("says its version, machine, parameters and gateway", async () => {
    const moment = await standBeside(release, "01", "id -u");
    const base = await see(moment, baseRelease, baseTarget(release));
    expect(base.recorded).toEqual(["mounts", "parameters", "uid"]);
    expect(base.picture.facts).toMatchObject({
      ...{ osreldate: newer ? 1501000 : 1302001, uid: 0 },
      ...{ machine: "amd64", machineArch: "amd64" },
    });
    const t = rangeTarget({ cidr: "10.0.2.0/24", interface: "vtnet0" });
    const { picture, recorded } = await see(moment, ipRange, t);
    expect(recorded).toEqual(["parameters", "routes", "uid"]);
    expect([...picture.interfaces.names]).toEqual(["vtnet0", "lo0"]);
    expect(ipRange.outputs(t, picture)).toMatchObject({ gatewayAddress: "10.0.2.2" });
  });

  it("has the parameters of its kernel", async () => {
    const moment = await standBeside(release, "03", "ls -A /usr/local/jails/containers");
    const t = jailTarget({ autostart: false, parameters: { "allow.adjtime": true } });
    const { picture } = await see(moment, jail, t);
    const plan = () => linesOf(jail.plan(t, picture));
    if (newer) expect(plan()).toContain("jail -f /etc/jail.conf.d/web.conf -c web");
    else expect(plan).toThrow("the host's kernel does not know parameters.allow.adjtime");
  });
});

describe.each(releases)("the boot of %s", (release) => {
  const newer = release !== "13.2-RELEASE";
  const t = jailTarget({ addresses: [{ address: "10.0.2.101", interface: "vtnet0" }] });
  const stand = (command: string) => standOwning(release, t, "22", command);
  const onBoot = (lines: readonly string[]) => lines.filter((line) => line.includes("sysrc"));

  it("starts nothing without a list: the jail begins one", async () => {
    const moment = await stand("ls /etc/jail.conf.d");
    const { picture, plan } = await reach(moment, jail, t);
    expect(picture).toMatchObject({ boot: { enabled: true, list: [] }, configured: [] });
    expect(onBoot(plan)).toEqual([`${sysrc} jail_list+=web`]);
  });

  it("starts what the list names: the jail is on it, and taken from it without the others", async () => {
    const moment = await stand('sysrc jail_list="web db"');
    const { picture, plan } = await reach(moment, jail, t);
    expect(picture.boot).toEqual({ enabled: true, list: ["web", "db"] });
    expect(jail.drifted(t, picture).autostart).toBe(true);
    expect(onBoot(plan)).toEqual([]);
    const removal = await reach(moment, jail, t, { goal: "absent" });
    expect(onBoot(removal.plan)).toEqual([`${sysrc} jail_list-=web`]);
    expect((await see(moment, jail, t)).picture.boot.list).toEqual(["db"]);
  });

  it("passes over names without a file, which stay on the list", async () => {
    const moment = await stand('sysrc jail_list="web nosuch"');
    const { picture, plan } = await reach(moment, jail, t, { goal: "absent" });
    expect(picture.boot.list).toEqual(["web", "nosuch"]);
    expect(onBoot(plan)).toEqual([`${sysrc} jail_list-=web`]);
  });

  it("starts what /etc/jail.conf defines, which the list has to name from now on", async () => {
    const moment = await stand("printf 'cfg { path");
    const { picture, plan } = await reach(moment, jail, t);
    expect(picture).toMatchObject({ boot: { list: [] }, configured: ["cfg"] });
    expect(onBoot(plan)).toEqual([`${sysrc} 'jail_list+=cfg web'`]);
  });

  it("starts what an included file defines where .include has an effect", async () => {
    const included = readSession(release, "22")[22];
    expect(included).toMatchObject({ command: "service jail start" });
    expect(included?.stdout).toBe(newer ? "Starting jails: db web.\n" : "Starting jails:.\n");
    const moment = await stand("cat /etc/jail.conf");
    const { picture, plan } = await reach(moment, jail, t);
    expect(picture.configured).toEqual(newer ? ["db", "web"] : []);
    expect(onBoot(plan)).toEqual([
      newer ? `${sysrc} 'jail_list+=db web'` : `${sysrc} jail_list+=web`,
    ]);
  });
});
