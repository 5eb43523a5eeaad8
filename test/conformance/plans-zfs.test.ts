/** Sessions 12 and 13: jails on datasets. */
import { describe, expect, it } from "vitest";
import { jail } from "../../provider/resources/jail.js";
import { see } from "./plans.js";
import { expectRecorded, reach } from "./plans-evidence.js";
import { jailTarget, standBeside, standOwning, zfs } from "./plans-targets.js";
import { readSession, releases } from "./transcripts.js";

const template = "tank/jails/templates/13.2-RELEASE";
const addresses = [{ address: "10.0.2.131", interface: "vtnet0" }];

describe.each(releases)("a jail on a clone on %s", (release) => {
  const t = jailTarget({ type: "clone", addresses, autostart: false }, zfs, "zweb");

  it("is cloned under another name, renamed and started", async () => {
    const moment = await standBeside(release, "12", "zfs destroy tank/vol", { storage: zfs });
    const { picture, plan, ran } = await reach(moment, jail, t);
    expect(picture).toMatchObject({ dataset: undefined, root: false, template: true });
    const mark = "org.pulumi-freebsd:mark=MARK";
    expect(plan.filter((line) => line.startsWith("zfs"))).toEqual([
      `zfs clone -o ${mark} ${template}@base tank/jails/containers/zweb.partial`,
      "zfs rename tank/jails/containers/zweb.partial tank/jails/containers/zweb",
    ]);
    expectRecorded(release, "13", ran, ["jail -f /etc/jail.conf.d/zweb.conf -c zweb"]);
  });

  it("is seen with its origin and mounts, and removed in the recorded order", async () => {
    const start = "jail -f /etc/jail.conf.d/zweb.conf -c zweb";
    const moment = await standOwning(release, t, "13", start);
    const { picture, recorded, ran } = await reach(moment, jail, t, { goal: "absent" });
    expect(recorded).toEqual(["mounts"]);
    expect(picture.running).toMatchObject({ path: "/jz/containers/zweb", name: "zweb" });
    expect(picture.dataset).toEqual({
      ...{ name: "tank/jails/containers/zweb", mountpoint: "/jz/containers/zweb" },
      ...{ mounted: true, origin: `${template}@base` },
    });
    expect(picture.mounts.map(({ on }) => on)).toEqual(["/jz/containers/zweb/dev"]);
    expect(picture.foreignMounts).toEqual([]);
    expectRecorded(release, "13", ran, [
      "jail -f /etc/jail.conf.d/zweb.conf -r zweb",
      "zfs destroy tank/jails/containers/zweb",
      "rm -f /etc/jail.conf.d/zweb.conf",
    ]);
  });
});

describe.each(releases)("a dataset on %s", (release) => {
  const t = jailTarget({ type: "clone", autostart: false }, zfs);
  const stand = (command: string) => standOwning(release, t, "12", command);

  it("with somebody's property is taken over with a mark of ours beside it", async () => {
    const moment = await standBeside(release, "12", "zfs clone -o", { storage: zfs });
    const adopting = jailTarget({ type: "clone", autostart: false, adopt: true }, zfs);
    const { picture, plan } = await reach(moment, jail, adopting);
    expect(picture).toMatchObject({ root: true, mark: undefined, conf: undefined });
    expect(plan).toContain("zfs set org.pulumi-freebsd:mark=MARK tank/jails/containers/web");
  });

  it("that a mount keeps busy is destroyed when the mount is gone", async () => {
    const moment = await stand("mount -t devfs devfs /jz/containers/web/dev");
    const { picture, ran } = await reach(moment, jail, t, { goal: "absent" });
    expect(picture).toMatchObject({ running: undefined, mounts: [{ type: "devfs" }] });
    expectRecorded(release, "12", ran, ["umount /jz/containers/web/dev"]);
    expect(ran).toContain("zfs destroy tank/jails/containers/web");
  });

  it("that another jail lives on is not destroyed, which zfs would not do either", async () => {
    const moment = await stand("jail -c name=zj");
    const { picture } = await see(moment, jail, t, { goal: "absent" });
    expect(readSession(release, "12")[44]).toMatchObject({
      command: "zfs destroy tank/jails/containers/web",
      stderr: "cannot unmount '/jz/containers/web': pool or dataset is busy\n",
    });
    expect(() => jail.planAbsent(t, picture)).toThrow("other jails run in the jail's root: zj.");
  });

  it("with a snapshot is not destroyed: zfs destroy without -r would fail", async () => {
    const moment = await stand("zfs snapshot tank/jails/containers/web@before");
    const { picture } = await see(moment, jail, t, { goal: "absent" });
    expect(picture.snapshots).toEqual(["tank/jails/containers/web@before"]);
    expect(() => jail.planAbsent(t, picture)).toThrow("tank/jails/containers/web@before");
  });
});
