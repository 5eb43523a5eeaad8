/** Session 21: what jail -m from another file changes, and what it leaves. */
import { describe, expect, it } from "vitest";
import { jail } from "../../provider/resources/jail.js";
import { see } from "./plans.js";
import { expectRecorded, linesOf, reach } from "./plans-evidence.js";
import { addressesOn, jailTarget, standOwning } from "./plans-targets.js";
import { readSession, releases } from "./transcripts.js";

const declared = {
  addresses: [{ address: "10.0.2.101", interface: "vtnet0" }],
  autostart: false,
};
const write = ["mkdir -p /etc/jail.conf.d", "put_file /etc/jail.conf.d/web.conf 0644"];

describe.each(releases)("a jail of %s that was changed from another file", (release) => {
  const t = jailTarget(declared);
  const stand = (command: string) => standOwning(release, t, "21", command);

  it("has another hostname and another flag, which are taken back", async () => {
    const moment = await stand("jail -f /tmp/web2.conf -m web");
    const { picture, plan } = await reach(moment, jail, t);
    expect(picture.running).toMatchObject({
      ...{ hostname: "www.example.org", addresses: ["10.0.2.101"] },
      parameters: expect.any(Map),
    });
    expect(picture.running?.parameters.get("allow.raw_sockets")).toBe(true);
    expect(addressesOn(picture, "vtnet0")).toContain("10.0.2.101/32");
    expect(plan).toEqual([
      "jail -m name=web host.hostname=web.example.org allow.noraw_sockets",
      ...write,
    ]);
  });

  it("keeps the flag when its own file says nothing of it", async () => {
    const moment = await stand("jail -f /etc/jail.conf.d/web.conf -m web");
    const { picture, ran } = await reach(moment, jail, t);
    expect(picture.running?.hostname).toBe("web.example.org");
    expectRecorded(release, "04", ran, ["jail -m name=web allow.noraw_sockets"]);
  });

  it("is as it was when the kernel refused, and what it refuses is a restart for us", async () => {
    const moment = await stand("jail -f /tmp/web4.conf -m web");
    expect(readSession(release, "21")[13]?.stderr).toBe(
      "jail: web: ip6 cannot be changed after creation\n",
    );
    const inherits = jailTarget({ ...declared, parameters: { ip6: "inherit" } });
    const { picture } = await see(moment, jail, inherits);
    expect(picture.running?.parameters.get("ip6")).toBe("disable");
    const [kept, files] = [
      "/usr/local/jails/containers/web.restart",
      "/etc/jail.conf.d/web.conf /usr/local/jails/containers/web.fstab",
    ];
    expect(linesOf(jail.plan(inherits, picture))).toEqual([
      `keep_files ${kept} ${files}`,
      "jail -f /etc/jail.conf.d/web.conf -r web",
      "must_be_stopped web",
      "sweep_mounts /usr/local/jails/containers/web",
      "remove_aliases vtnet0 inet 10.0.2.101",
      ...write,
      "jail -f /etc/jail.conf.d/web.conf -c web",
      `drop_files ${kept}`,
    ]);
  });

  it("is gone after a restart that failed, and is started again", async () => {
    const moment = await stand("jail -f /tmp/web4.conf -mr web");
    const { picture, recorded, ran } = await reach(moment, jail, t);
    expect(recorded).toEqual(["jail"]);
    expect(picture.running).toBeUndefined();
    expectRecorded(release, "04", ran, ["jail -f /etc/jail.conf.d/web.conf -c web"]);
  });

  it("leaves its alias when it is stopped by a file that it was not started from", async () => {
    const moment = await stand("jail -f /tmp/web2.conf -r web");
    const { picture } = await see(moment, jail, t);
    expect(picture).toMatchObject({ running: undefined, mounts: [] });
    expect(addressesOn(picture, "vtnet0")).toContain("10.0.2.101/32");
    // A start makes the same alias again, which is no error (session 08).
    expect(linesOf(jail.plan(t, picture))).toEqual([
      ...write,
      "jail -f /etc/jail.conf.d/web.conf -c web",
    ]);
    const stopped = await reach(moment, jail, jailTarget({ ...declared, running: false }));
    expect(stopped.ran).toContain("ifconfig vtnet0 inet 10.0.2.101 -alias");
  });
});
