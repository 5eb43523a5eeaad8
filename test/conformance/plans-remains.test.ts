/** Sessions 05, 08 and 20: what jails that do not start, do not stop or have mounts leave, and who takes it away. */
import { describe, expect, it } from "vitest";
import { jail } from "../../provider/resources/jail.js";
import { see } from "./plans.js";
import { expectRecorded, reach } from "./plans-evidence.js";
import { addressesOn, jailTarget, standOwning } from "./plans-targets.js";
import { readSession, releases } from "./transcripts.js";

const root = "/usr/local/jails/containers/web";
const vtnet0 = (address: string) => ({ address, interface: "vtnet0" });

/** In session 05 the jail of the tree is called "bad", and its files lie in /tmp. */
const asWeb = (text: string) =>
  text
    .replaceAll("/tmp/bad10.conf", "/etc/jail.conf.d/web.conf")
    .replaceAll("/tmp/bad11.conf", "/etc/jail.conf.d/web.conf")
    .replaceAll(/(?<!\/tmp\/)\bbad\b/g, "web");

describe.each(releases)("what fails on %s", (release) => {
  const t = jailTarget({ addresses: [vtnet0("10.0.2.111")], autostart: false });
  const stand = (command: string) => standOwning(release, t, "05", command, { rename: asWeb });
  const devfs = { from: "devfs", on: `${root}/dev`, type: "devfs", options: ["rw"] };

  it("a jail whose exec.start fails is gone with its mounts and aliases, and is started anew", async () => {
    const moment = await stand("jail -f /etc/jail.conf.d/web.conf -c web");
    const { picture, recorded, plan } = await reach(moment, jail, t);
    expect(recorded).toEqual(["jail"]);
    expect(picture).toMatchObject({ running: undefined, mounts: [] });
    expect(addressesOn(picture, "vtnet0")).not.toContain("10.0.2.111/32");
    expect(plan).toEqual([
      "mkdir -p /etc/jail.conf.d",
      "put_file /etc/jail.conf.d/web.conf 0644",
      "jail -f /etc/jail.conf.d/web.conf -c web",
    ]);
  });

  it("a jail whose exec.stop fails still runs, and is not removed under its processes", async () => {
    const moment = await stand("jail -f /etc/jail.conf.d/web.conf -r web");
    const { picture } = await see(moment, jail, t, { goal: "absent" });
    expect(picture).toMatchObject({ running: { addresses: ["10.0.2.111"] }, mounts: [devfs] });
    const { locks, commands } = jail.planAbsent(t, picture);
    const outcome = await moment.session.apply({ locks, commands, verify: [] });
    expect(outcome).toMatchObject({
      kind: "failed",
      at: 1,
      result: { stderr: "jail web still runs: exec.prestop or exec.stop failed\n" },
    });
    expect((await see({ ...moment, answers: [] }, jail, t)).picture).toMatchObject({
      running: { addresses: ["10.0.2.111"] },
      root: true,
    });
  });

  it.each(["present", "absent"] as const)(
    "jail -R leaves devfs and the alias, which go before the jail is %s",
    async (goal) => {
      const moment = await stand("jail -R web");
      const { picture, recorded, plan, ran } = await reach(moment, jail, t, { goal });
      expect(recorded).toEqual(["jail"]);
      expect(picture).toMatchObject({ running: undefined, mounts: [devfs] });
      expect(addressesOn(picture, "vtnet0")).toContain("10.0.2.111/32");
      expect(plan.slice(0, 2)).toEqual([
        `sweep_mounts ${root}`,
        "remove_aliases vtnet0 inet 10.0.2.111",
      ]);
      const cleaned = readSession(release, "05")[34]?.setup?.split("; ") ?? [];
      expect(cleaned).toHaveLength(2);
      expect(ran).toEqual(expect.arrayContaining(cleaned));
    },
  );
});

describe.each(releases)("addresses on %s", (release) => {
  const three = [
    vtnet0("10.0.2.121"),
    { address: "10.1.1.1", interface: "lo0" },
    vtnet0("fd00:1::121"),
  ];
  const t = jailTarget({ addresses: three, autostart: false }, undefined, "two");

  it("of both families on two interfaces are seen in the list and on the interfaces", async () => {
    const moment = await standOwning(release, t, "08", "jail -c name=two");
    const { picture, recorded } = await see(moment, jail, t);
    expect(recorded).toEqual(["addresses"]);
    expect(picture.running?.addresses).toEqual(["10.0.2.121", "10.1.1.1", "fd00:1::121"]);
    expect(addressesOn(picture, "vtnet0")).toEqual(
      expect.arrayContaining(["10.0.2.121/32", "fd00:1::121/128"]),
    );
    expect(addressesOn(picture, "lo0")).toContain("10.1.1.1/32");
    expect(() => jail.plan(t, picture)).toThrow("the running jail lives in /, not in");
  });

  it("that a jail without a file leaves are taken away by their leases", async () => {
    const moment = await standOwning(release, t, "08", "jail -r two");
    const { picture, ran } = await reach(moment, jail, t, { goal: "absent" });
    expect(picture.running).toBeUndefined();
    expect(addressesOn(picture, "vtnet0")).toContain("fd00:1::121/128");
    expect(ran).toEqual(
      expect.arrayContaining([
        "ifconfig vtnet0 inet 10.0.2.121 -alias",
        "ifconfig vtnet0 inet6 fd00:1::121 -alias",
        "ifconfig lo0 inet 10.1.1.1 -alias",
      ]),
    );
    const { interfaces } = (await see({ ...moment, answers: [] }, jail, t)).picture;
    const left = interfaces.addresses.map(({ address }) => address);
    expect(left).not.toEqual(expect.arrayContaining([expect.stringMatching(/121$|^10\.1\./)]));
    expect(left).toContain("10.0.2.15");
  });
});

describe.each(releases)("mounts on %s", (release) => {
  const mounts = [
    { source: "/tmp/m/src", target: "/mnt/data", readOnly: true },
    { type: "tmpfs", target: "/tmp", mode: "1777", size: "16m" },
  ];
  // The session's file is without these, so that the kernel's defaults hold.
  const parameters = { "allow.set_hostname": true, devfs_ruleset: 0 };
  const declared = { addresses: [vtnet0("10.0.2.101")], autostart: false };
  const t = jailTarget({
    ...{ ...declared, mounts },
    parameters: { ...parameters, "mount.fdescfs": true, "mount.procfs": true },
  });
  const stand = (command: string, nth?: number) =>
    standOwning(release, t, "20", command, {
      ...(nth === undefined ? {} : { nth }),
      rename: (text) => text.replaceAll("/tmp/m/web.conf", "/etc/jail.conf.d/web.conf"),
    });
  const on = (list: readonly { on: string }[]) => list.map((each) => each.on.replace(root, ""));

  it("from an fstab are seen, and the jail is as declared", async () => {
    const moment = await stand("jail -f /etc/jail.conf.d/web.conf -c web");
    const { picture, recorded, plan } = await reach(moment, jail, t);
    expect(recorded).toEqual(["mounts"]);
    expect(on(picture.mounts)).toEqual(["/mnt/data", "/tmp", "/dev", "/dev/fd", "/proc"]);
    expect(picture.mounts[0]).toMatchObject({ from: "/tmp/m/src", type: "nullfs" });
    expect(picture.fstab).toBe(readSession(release, "20")[4]?.stdin);
    expect(plan).toEqual(["mkdir -p /etc/jail.conf.d", "put_file /etc/jail.conf.d/web.conf 0644"]);
  });

  it("that nobody declared outlive the jail, and are swept before its tree is removed", async () => {
    const moment = await stand("jail -f /etc/jail.conf.d/web.conf -r web");
    const { picture, recorded, ran } = await reach(moment, jail, t, { goal: "absent" });
    expect(recorded).toEqual(["mounts"]);
    expect(on(picture.mounts)).toEqual(["/mnt/more"]);
    expectRecorded(release, "20", ran, [`umount ${root}/mnt/more`]);
  });

  it("are undone when a source is missing: the jail is not there, and neither is its alias", async () => {
    const moment = await stand("printf '/tmp/m/nosuch ");
    const { picture, recorded } = await see(moment, jail, t);
    expect(recorded).toEqual(["jail", "mounts"]);
    expect(picture).toMatchObject({ running: undefined, mounts: [] });
    expect(addressesOn(picture, "vtnet0")).not.toContain("10.0.2.101/32");
  });

  it("on a link in the jail are refused by us as jail(8) refuses them", async () => {
    const moment = await stand("printf '/tmp/m/src /usr/local/jails/containers/web/mnt/data", 0);
    const { picture } = await see(moment, jail, t);
    const { locks, commands } = jail.plan(t, picture);
    const outcome = await moment.session.apply({ locks, commands, verify: [] });
    const recorded = readSession(release, "20")[26]?.stderr;
    expect(recorded).toContain(`${root}/mnt/data is a symbolic link\n`);
    expect(outcome).toMatchObject({
      kind: "failed",
      result: { stderr: `${root}/mnt/data is a symbolic link\n` },
    });
  });

  it("that were busy when the jail stopped are left, and swept when they are free", async () => {
    const moment = await stand(`cd ${root}/mnt/data && (sleep 4 &)`);
    const { picture, ran } = await reach(moment, jail, t, { goal: "absent" });
    expect(picture.running).toBeUndefined();
    expect(picture.mounts).toEqual([
      expect.objectContaining({ from: "/tmp/m/src", on: `${root}/mnt/data`, type: "nullfs" }),
    ]);
    expect(ran).toContain(`umount ${root}/mnt/data`);
  });
});

describe.each(releases)("a tree with two jails on %s", (release) => {
  it("is not removed with one of them while the other runs in it", async () => {
    const t = jailTarget({ autostart: false });
    const moment = await standOwning(release, t, "22", "service jail start", { nth: 1 });
    const { picture } = await see(moment, jail, t, { goal: "absent" });
    expect(picture).toMatchObject({ running: { name: "web" }, tenants: ["db"] });
    expect(() => jail.planAbsent(t, picture)).toThrow("other jails run in the jail's root: db.");
    await moment.host.run("jail -f /etc/jail.conf.d/db.conf -r db");
    await reach(moment, jail, t, { goal: "absent" });
  });
});
