/** Sessions 03 and 12: a template in a directory and on a dataset, from nothing to its removal. */
import { describe, expect, it } from "vitest";
import { parseUserland } from "../../provider/freebsd/release.js";
import { templateName } from "../../provider/resources/base-inputs.js";
import { baseRelease } from "../../provider/resources/base-release.js";
import { jail } from "../../provider/resources/jail.js";
import { type Moment, see, standAfter } from "./plans.js";
import { expectRecorded, linesOf, reach } from "./plans-evidence.js";
import {
  baseTarget,
  claimBase,
  jailTarget,
  standBeside,
  standOwning,
  zfs,
} from "./plans-targets.js";
import { readSession, releases, type Step } from "./transcripts.js";

/** No two machines have the same archives. */
const unlike = ["manifest"];

/** The embedded host's own archives, for plans that are carried out. */
const withoutRecording = (moment: Moment): Moment => ({ ...moment, answers: [] });

describe.each(releases)("a template in a directory of %s", (release) => {
  const t = baseTarget(release);
  const name = templateName(t.inputs);
  const path = `/usr/local/jails/templates/${name}`;
  const steps = readSession(release, "03");
  /** The session's template is called 13.2-RELEASE, and what is half-built has a dot before its name. */
  const rename = (text: string) =>
    text.replaceAll(/templates\/\.?13\.2-RELEASE(?!-)/g, `templates/${name}`);
  const stand = (command: string) => standBeside(release, "03", command, { rename });

  it("that is not there is built from the recorded MANIFEST", async () => {
    const moment = await stand("cat /usr/freebsd-dist/MANIFEST");
    const { picture, recorded } = await see(moment, baseRelease, t, { unlike });
    expect(recorded).toEqual(["manifest"]);
    expect(picture).toMatchObject({ present: false, built: false, userland: undefined });
    expect([...picture.paths.keys()]).toEqual([]);
    const { stdout = "" } = steps.find(({ command }) => command?.startsWith("sha256 -q")) as Step;
    expect(linesOf(baseRelease.plan(t, picture))).toEqual([
      `mkdir -p /usr/local/jails/.pulumi-freebsd/users.${name}`,
      expect.stringMatching(/^ln -sh 'MARK#0' /),
      `remove_tree ${path}.partial`,
      `mkdir ${path}.partial`,
      `sha256 -c ${stdout.trim()} /usr/freebsd-dist/base.txz`,
      `extract /usr/freebsd-dist/base.txz ${path}.partial`,
      `expect_userland ${path}.partial ${release.replace(/-p\d+$/, "")} ''`,
      "mkdir -p /usr/local/jails/.pulumi-freebsd/marks",
      expect.stringMatching(/^ln -sh template:/),
      `rename ${path}.partial ${path}`,
    ]);
    const { ran } = await reach(withoutRecording(moment), baseRelease, t);
    const recordedNext = [`mkdir ${path}.partial`, `mv ${path}.partial ${path}`];
    expectRecorded(release, "03", ran, recordedNext, rename);
  });

  it("that is half extracted begins anew", async () => {
    const moment = await stand("tar -xpf /usr/local/jails/media/13.2-RELEASE-base.txz");
    const { picture, ran } = await reach(moment, baseRelease, t);
    expect(picture).toMatchObject({ present: false, built: false, userland: undefined });
    expect([...picture.paths]).toEqual([[`${path}.partial`, "Directory"]]);
    expect(ran).toEqual(expect.arrayContaining([`chflags -R 0 ${path}.partial`]));
    expect(ran.indexOf(`rm -rfx ${path}.partial`)).toBeLessThan(
      ran.indexOf(`mkdir ${path}.partial`),
    );
  });

  it("that somebody made is left alone; one of ours is used, and removed with its flags", async () => {
    const moment = await stand(`mv ${path}.partial`);
    const { picture } = await see(moment, baseRelease, t, { unlike });
    expect([...picture.paths]).toEqual([[path, "Directory"]]);
    expect(() => baseRelease.plan(t, picture)).toThrow("carries no mark of ours");
    expect(picture.userland).toEqual(parseUserland(answerOf(steps, "grep '^USERLAND_VERSION=' ")));
    expect(baseRelease.outputs(t, picture)).toMatchObject({ userland: release });
    await claimBase(moment, t);
    const { plan } = await reach(moment, baseRelease, t);
    expect(plan).toEqual([
      `mkdir -p /usr/local/jails/.pulumi-freebsd/users.${name}`,
      expect.stringMatching(/^ln -sh 'MARK#0' /),
    ]);
    const { ran } = await reach(moment, baseRelease, t, { goal: "absent" });
    expect(ran).toEqual(
      expect.arrayContaining([`chflags -R 0 ${path}.deleted`, `rm -rfx ${path}.deleted`]),
    );
  });
});

const answerOf = (steps: readonly Step[], start: string) => {
  const {
    status = 0,
    stdout = "",
    stderr = "",
  } = steps.find(({ command }) => command?.startsWith(start)) ?? {};
  return { status, stdout, stderr };
};

describe.each(releases)("a half-copied jail on %s", (release) => {
  const t = jailTarget({ autostart: false }, undefined, "t1");
  const partial = "/usr/local/jails/containers/t1.partial";
  const stand = (command: string, nth = 0) =>
    standOwning(release, t, "03", command, {
      nth,
      rename: (text) => text.replaceAll("containers/.t1.partial", "containers/t1.partial"),
    });

  it.each([
    ["that a copy left", `mkdir ${partial} && tar`, 0],
    ["that rm could not remove for its flags", `rm -rf ${partial}`, 0],
  ] as const)(
    "%s is removed, flags and all, before the copy begins anew",
    async (_, command, nth) => {
      const moment = await stand(command, nth);
      const { picture, ran } = await reach(moment, jail, t);
      expect(picture).toMatchObject({ partial: true, root: false });
      expect(ran).toContain(`rm -rfx ${partial}`);
      expectRecorded(release, "03", ran, [`chflags -R 0 ${partial}`], (text) =>
        text.replaceAll("containers/.t1.partial", "containers/t1.partial"),
      );
    },
  );

  it("that was removed leaves nothing", async () => {
    const moment = await stand(`rm -rf ${partial}`, 1);
    expect((await see(moment, jail, t)).picture).toMatchObject({ partial: false, root: false });
  });
});

describe.each(releases)("a template on a dataset of %s", (release) => {
  const t = baseTarget(release, zfs);
  const name = templateName(t.inputs);
  const dataset = `tank/jails/templates/${name}`;
  const rename = (text: string) =>
    text.replaceAll(/templates\/13\.2-RELEASE(?!-)/g, `templates/${name}`);
  const stand = async (command: string) => {
    const moment = await standBeside(release, "12", command, { rename, storage: zfs });
    await claimBase(moment, t);
    return moment;
  };

  it("on an empty pool begins with the layout", async () => {
    const moment = await standAfter(release, "12", "zpool destroy -f tank", { rename });
    const { picture, ran } = await reach(moment, baseRelease, t);
    expect(picture.storage).toEqual({ directories: new Map(), datasets: new Map() });
    expectRecorded(release, "12", ran, ["zfs create tank/jails/containers"]);
    expect(ran.filter((line) => line.startsWith("zfs create"))).toEqual([
      "zfs create -o mountpoint=/jz tank/jails",
      "zfs create tank/jails/templates",
      "zfs create tank/jails/containers",
      `zfs create ${dataset}.partial`,
    ]);
  });

  it("below a dataset that is not mounted is not looked for in vain", async () => {
    const moment = await stand("zfs unmount tank/jails/containers");
    const fault = "dataset tank/jails/containers is not mounted. Mount it first";
    await expect(see(moment, baseRelease, t)).rejects.toThrow(fault);
  });

  it("that is extracted gets the snapshot that the recorded one got", async () => {
    const moment = await stand("tar -xpf /usr/freebsd-dist/base.txz");
    const { picture, ran } = await reach(moment, baseRelease, t);
    expect(picture.datasets.get(dataset)).toEqual({
      ...{ name: dataset, mountpoint: `/jz/templates/${name}`, mounted: true },
    });
    expect(picture).toMatchObject({ present: false, built: true, snapshots: new Map() });
    expectRecorded(release, "12", ran, [`zfs snapshot ${dataset}@base`], rename);
  });

  it("with a clone that no stack declared is not removed", async () => {
    const moment = await stand("zfs list -H -t snapshot");
    const { picture, recorded } = await see(moment, baseRelease, t, { goal: "absent" });
    expect(recorded).toEqual(["snapshots"]);
    expect([...picture.snapshots]).toEqual([[`${dataset}@base`, ["tank/jails/containers/web"]]]);
    expect(() => baseRelease.planAbsent(t, picture)).toThrow("tank/jails/containers/web");
  });

  it("without clones is removed, its snapshot first, as zfs wants it", async () => {
    const moment = await stand("zfs destroy -r tank/jails/containers/web");
    const { ran } = await reach(moment, baseRelease, t, { goal: "absent" });
    const refused = readSession(release, "12")[29];
    expect(refused).toMatchObject({ status: 1, command: expect.stringMatching(/^zfs destroy /) });
    // Its image goes first; the recorded host had none.
    const destroyed = ran.filter((line) => line.startsWith("zfs destroy"));
    expect(destroyed.filter((line) => !line.includes(`${dataset}.img`)).slice(0, 2)).toEqual([
      `zfs destroy ${dataset}@base`,
      `zfs destroy ${dataset}`,
    ]);
  });
});
