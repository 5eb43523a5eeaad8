/**
 * Everything that jails are made of beside a base, on recorded hosts: made and removed by commands of forms that those
 * hosts showed to succeed, or that have their manual pages; and then nothing is left to do.
 */
import { describe, expect, it } from "vitest";
import { diskImage } from "../../provider/resources/disk-image.js";
import { jail } from "../../provider/resources/jail.js";
import { jailPackage } from "../../provider/resources/jail-package.js";
import { linuxBase } from "../../provider/resources/linux-base.js";
import type { CommonInputs, Definition } from "../../provider/resources/resource.js";
import type { Moment } from "./plans.js";
import { type Reached, reach } from "./plans-evidence.js";
import { jailTarget, standBeside, targetOf, ufs } from "./plans-targets.js";
import { releases } from "./transcripts.js";

/** A host with a base, and no jail. */
const empty = "ls -A /usr/local/jails/containers";
const template = { templateName: "13.2-RELEASE", path: `${ufs.root}/templates/13.2-RELEASE` };
const base = { ...template, release: "13.2-RELEASE" };

type Made = Parameters<typeof jail.plan>[0];

/** Makes it and removes it again; gives what was run. */
async function live<I extends CommonInputs, O>(
  moment: Moment,
  definition: Definition<I, O>,
  target: Parameters<typeof definition.plan>[0],
): Promise<{ made: Reached<O>; removed: Reached<O> }> {
  const made = await reach(moment, definition, target);
  const later = { ...moment, answers: [] };
  return { made, removed: await reach(later, definition, target, { goal: "absent" }) };
}

const stopped = { autostart: false, running: false };

describe.each(releases)("on a host of %s", (release) => {
  const stand = () => standBeside(release, "03", empty);

  it.each([{}, stopped])("an image jail is made and removed (%o)", async (more) => {
    const t: Made = jailTarget({
      type: "image",
      image: { size: "64m" },
      autostart: false,
      ...more,
    });
    const { made, removed } = await live(await stand(), jail, t);
    const tools = [...made.ran, ...removed.ran].map((line) => line.split(" ")[0]);
    expect(tools).toEqual(expect.arrayContaining(["truncate", "mdconfig", "newfs", "mount"]));
  });

  it("a jail that records is made, packed, and removed", async () => {
    const moment = await stand();
    const t: Made = jailTarget({ record: true, autostart: false });
    await reach(moment, jail, t);
    await moment.host.run("jexec web sh -c 'echo mine >/root/mine; rm /etc/motd.template'");
    const inputs = { version: "1.0", jail: { name: "web", type: "thick", base } };
    const later = { ...moment, answers: [] };
    const packing = targetOf("JailPackage", jailPackage, { name: "app", ...inputs });
    const { ran } = await reach(later, jailPackage, packing, { rounds: 2 });
    expect(ran.map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(["mtree", "tar"]));
    const path = `${ufs.root}/packages/app-1.0.tar.xz`;
    const layered: Made = jailTarget({ layers: [{ path }], autostart: false }, ufs, "other");
    await live(later, jail, layered);
    await reach(later, jailPackage, packing, { goal: "absent" });
    await reach(later, jail, t, { goal: "absent" });
  });

  it("a disk image of a base is made and removed", async () => {
    const inputs = {
      name: "disk",
      base,
      size: "64m",
      exports: [
        { format: "raw", path: "/tmp/a.raw" },
        { format: "qcow2", path: "/tmp/a.qcow2" },
      ],
    };
    await live(await stand(), diskImage, targetOf("DiskImage", diskImage, inputs));
  });

  it("a Linux base and a jail of it are made and removed", async () => {
    const moment = await stand();
    const path = "/tmp/rootfs.tgz";
    const { stdout } = await moment.host.run(
      `mkdir -p /tmp/r/dev /tmp/r/etc /tmp/r/proc /tmp/r/sys && echo ID=alpine >/tmp/r/etc/os-release && tar -czf ${path} -C /tmp/r . && kldload linux64 && sha256 -q ${path}`,
    );
    const archive = { path, sha256: stdout.trim() };
    const t = targetOf("LinuxBase", linuxBase, { distribution: "alpine", archive });
    await reach(moment, linuxBase, t);
    const { templateName, path: tree, release: of } = linuxBase.predict(t.inputs, ufs);
    const linux = { templateName, path: tree, release: of, distribution: "alpine" };
    const later = { ...moment, answers: [] };
    const { made } = await live(later, jail, jailTarget({ base: linux, autostart: false }));
    expect(made.picture.linux).toBe(true);
    await reach(later, linuxBase, t, { goal: "absent" });
  });
});
