/** Plans of templates on hand-made pictures of a host: they are shared, and never touched when not ours. */
import { describe, expect, it } from "vitest";
import { formatMark, idOf } from "../../../provider/freebsd/mark.js";
import { templateName } from "../../../provider/resources/base-inputs.js";
import { baseRelease } from "../../../provider/resources/base-release.js";
import {
  brief,
  emptyHost,
  jailTarget,
  placeIn,
  storage,
  stranger,
  zfsStorage,
} from "./pictures.js";

type BaseTarget = Parameters<typeof baseRelease.plan>[0];
type Observed = Parameters<typeof baseRelease.plan>[1];

const owner = "urn:pulumi:dev::test::x::base";
const digest = "ab".repeat(32);

function baseTarget(more: object = {}, where = storage): BaseTarget {
  const inputs = baseRelease.schema.parse({ host: "h", owner, release: "15.1-RELEASE", ...more });
  return { inputs, storage: where, mark: { id: idOf(owner), owner }, life: "0", formerMarks: [] };
}

const facts = {
  hostuuid: "u",
  hostKeys: [],
  osreldate: 1501000,
  machine: "amd64",
  machineArch: "amd64",
  jailParameters: new Set<string>(),
  uid: 0,
};

/** A host with the layout and a mirror that answers, and without the template. */
function empty(t: BaseTarget, more: Partial<Observed> = {}): Observed {
  const line = (name: string) => `${name}.txz\t${digest}\t1\t${name}\t"x"\ton\n`;
  return {
    present: false,
    facts,
    storage: emptyHost(jailTarget({}, t.storage)).storage,
    paths: new Map(),
    datasets: new Map(),
    snapshots: new Map(),
    built: false,
    users: new Map(),
    userland: undefined,
    mounts: [],
    shown: [],
    manifest: { text: line("base") + line("lib32"), fault: "" },
    ...more,
  };
}

const nameOf = (t: BaseTarget) => templateName(t.inputs);
const pathOf = (t: BaseTarget) => `/jails/templates/${nameOf(t)}`;
const users = (t: BaseTarget) => `/jails/.pulumi-freebsd/users.${nameOf(t)}`;
const ourLink = (t: BaseTarget) =>
  [`${users(t)}/${t.mark.id}`, `${formatMark(t.mark)}#${t.life}`] as const;

/** The template is there, with these users. */
function built(t: BaseTarget, links: (readonly [string, string])[], more: Partial<Observed> = {}) {
  const paths = new Map([[pathOf(t), "Directory"]]);
  return empty(t, { built: true, paths, users: new Map(links), ...more });
}

describe("building a template", () => {
  it("fetches, verifies, extracts beside, marks, and gives the name at last", () => {
    const t = baseTarget();
    const { commands } = baseRelease.plan(t, empty(t));
    const file = `/jails/media/15.1-RELEASE-base-${digest.slice(0, 16)}.txz`;
    const places = [
      `ln -sh MARK ${users(t)}`,
      "fetch_file",
      `mkdir ${pathOf(t)}.partial`,
      `sha256 -c ${digest} ${file}`,
      `extract ${file}`,
      `ln -sh template:${nameOf(t)}`,
      "rename",
    ].map((start) => placeIn(commands, start));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.at(-1)).toBe(commands.length - 1);
  });

  it("on ZFS ends with the snapshot for clones, also when only that is missing", () => {
    const t = baseTarget({}, zfsStorage);
    const snapshot = `zfs snapshot tank/jails/templates/${nameOf(t)}@base`;
    expect(brief(baseRelease.plan(t, empty(t)).commands).at(-1)).toBe(snapshot);
    const cut = built(t, [ourLink(t)]);
    expect(brief(baseRelease.plan(t, cut).commands)).toEqual([snapshot]);
  });

  it("is only a link when somebody else built the same one", () => {
    const t = baseTarget();
    const commands = baseRelease.plan(t, built(t, [[`${users(t)}/x`, stranger]])).commands;
    expect(brief(commands)).toEqual([`mkdir -p ${users(t)}`, `ln -sh MARK ${ourLink(t)[0]}`]);
  });

  it.each<[string, object, Partial<Observed>, RegExp]>([
    [
      "a pin that MANIFEST contradicts",
      { sha256: { base: "cd".repeat(32) } },
      {},
      /MANIFEST .* says abab.*, the pin says cdcd.*Nothing was fetched/,
    ],
    [
      "a set that is not there",
      { sets: ["base", "games"] },
      {},
      /no set games; it has base, lib32/,
    ],
    [
      "a mirror without the release",
      {},
      { manifest: { text: "", fault: "Not Found" } },
      /no MANIFEST of 15\.1-RELEASE from .*: Not Found/,
    ],
    [
      "a release newer than the kernel",
      {},
      { facts: { ...facts, osreldate: 1302001 } },
      /newer than the host's kernel \(13\.2,/,
    ],
  ])("is refused by %s", (_, inputs, more, words) => {
    const t = baseTarget(inputs);
    expect(() => baseRelease.plan(t, empty(t, more))).toThrow(words);
  });

  it("is refused by a tree that somebody filled by hand", () => {
    const t = baseTarget();
    const seen = empty(t, { paths: new Map([[pathOf(t), "Directory"]]) });
    expect(() => baseRelease.plan(t, seen)).toThrow(/somebody filled it by hand/);
  });
});

describe("filling a template", () => {
  const order = (t: BaseTarget, starts: string[], more: Partial<Observed> = {}) => {
    const { commands } = baseRelease.plan(t, empty(t, more));
    const places = starts.map((start) => placeIn(commands, start));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    return brief(commands);
  };

  it("patches it in a place of its own, looks at it, splits it, and then gives the name", () => {
    const t = baseTarget({ patch: "p3", kind: "split", sets: ["base", "lib32"] });
    const partial = `${pathOf(t)}.partial`;
    const work = `/jails/.pulumi-freebsd/work.${nameOf(t)}`;
    const commands = order(t, [
      `mkdir ${partial}/root`,
      `mkdir ${work}`,
      "extract",
      `update_conf ${partial}/root ${work} world`,
      `patch_tree ${partial}/root ${work} 15.1-RELEASE`,
      `expect_userland ${partial}/root 15.1-RELEASE p3`,
      `split_tree ${partial}`,
      `ln -sh template:${nameOf(t)}`,
      `rename ${partial}`,
    ]);
    expect(commands.lastIndexOf(`remove_tree ${work}`)).toBeGreaterThan(
      commands.indexOf(`split_tree ${partial}`),
    );
  });

  it("also patches the sources, when that set is there", () => {
    const t = baseTarget({ patch: "latest", sets: ["base", "src"] });
    const line = (name: string) => `${name}.txz\t${digest}\t1\t${name}\t"x"\ton\n`;
    const manifest = { text: line("base") + line("src"), fault: "" };
    const commands = order(t, ["extract", "update_conf", "patch_tree"], { manifest });
    expect(commands.find((each) => each.startsWith("update_conf"))).toMatch(/ world src$/);
  });

  it("ends when freebsd-update does not", () => {
    const t = baseTarget({ patch: "latest" });
    const { commands } = baseRelease.plan(t, empty(t));
    const patching = commands.find(({ argv }) => argv[0] === "patch_tree");
    expect(patching?.deadline).toBe(7200);
  });

  it("by packages puts the keys there first, and removes what was downloaded", () => {
    const t = baseTarget({ pkgbase: {} });
    const partial = `${pathOf(t)}.partial`;
    const commands = order(
      t,
      [
        `copy_keys /usr/share/keys/pkgbase-15 ${partial}/usr/share/keys`,
        "put_file",
        "briefly pkg",
        `remove_tree ${partial}/var/cache/pkg`,
        `expect_userland ${partial} 15.1-RELEASE`,
        "rename",
      ],
      { manifest: undefined, pkgFault: "" },
    );
    expect(commands.join("\n")).not.toContain("patch_tree");
  });

  it("takes the ports tree along, unless it is pinned", () => {
    const ports = ["/jails/templates/old/usr/ports"];
    const line = (name: string) => `${name}.txz\t${digest}\t1\t${name}\t"x"\ton\n`;
    const manifest = { text: line("base") + line("ports"), fault: "" };
    const sets = ["base", "ports"];
    const plan = (t: BaseTarget) =>
      brief(baseRelease.plan(t, empty(t, { manifest, ports })).commands).join("\n");
    const carried = plan(baseTarget({ sets }));
    expect(carried).toContain(`copy_tree ${ports[0]}`);
    expect(carried).not.toContain("ports.txz");
    const pinned = plan(baseTarget({ sets, sha256: { ports: digest } }));
    expect(pinned).toContain("ports.txz");
    expect(pinned).not.toContain("copy_tree");
  });

  it("waits as long as another run may build the same one", () => {
    const t = baseTarget();
    expect(baseRelease.plan(t, empty(t)).lockTimeout).toBeGreaterThan(3600);
    expect(baseRelease.planAbsent(t, empty(t)).lockTimeout).toBeGreaterThan(3600);
  });
});

describe("deleting a template", () => {
  it("late, for a former life of the resource, leaves it to the new one", () => {
    const t = baseTarget();
    const seen = built(t, [ourLink(t)]);
    expect(baseRelease.planAbsent({ ...t, life: "1" }, seen).commands).toEqual([]);
    const taken = brief(baseRelease.plan({ ...t, life: "1" }, seen).commands);
    expect(taken).toEqual([expect.stringMatching(/^ln -sfh /)]);
  });

  it("that another stack or a clone uses gives up our link and keeps the rest", () => {
    const t = baseTarget();
    const seen = built(t, [ourLink(t), [`${users(t)}/x`, stranger]]);
    expect(brief(baseRelease.planAbsent(t, seen).commands)).toEqual([`rm -f ${ourLink(t)[0]}`]);
  });

  it("as its last user removes it, the mark of having built it, and the cached sets at last", () => {
    const t = baseTarget();
    const { commands, tidy = [] } = baseRelease.planAbsent(t, built(t, [ourLink(t)]));
    const places = [
      "set_aside",
      `rm -f ${ourLink(t)[0]}`,
      `rm -f /jails/.pulumi-freebsd/marks/template.${nameOf(t)}`,
      `remove_empty ${users(t)}`,
      "remove_media /jails/media/15.1-RELEASE /jails/templates/15.1-RELEASE",
      "tidy",
    ].map((start) => placeIn([...commands, ...tidy], start));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each<[string, Partial<Observed>, RegExp]>([
    [
      "clones that no stack declared",
      { snapshots: new Map([["tank/x@base", ["tank/mine"]]]) },
      /has clones that no stack has declared: tank\/mine/,
    ],
    [
      "mounts elsewhere",
      {
        shown: [{ from: "/jails/templates/x/root", on: "/mnt/x", type: "nullfs", options: [] }],
      },
      /is mounted at \/mnt\/x: a jail that no stack has declared/,
    ],
    [
      "mounts in it",
      { mounts: [{ from: "/a", on: "/jails/templates/x/mnt", type: "nullfs", options: [] }] },
      /still has mounts in it: \/jails\/templates\/x\/mnt/,
    ],
  ])("is refused while it has %s", (_, more, words) => {
    const t = baseTarget({}, zfsStorage);
    expect(() => baseRelease.planAbsent(t, built(t, [ourLink(t)], more))).toThrow(words);
  });

  it("does not touch what somebody filled by hand", () => {
    const t = baseTarget();
    const seen = empty(t, { paths: new Map([[pathOf(t), "Directory"]]) });
    expect(baseRelease.planAbsent(t, seen).commands).toEqual([]);
  });
});
