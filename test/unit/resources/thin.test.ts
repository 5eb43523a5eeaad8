/** Thin jails on hand-made pictures: paths, fstab, and what is done in which order. */
import { describe, expect, it } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { parseDevice } from "../../../provider/freebsd/device.js";
import { planJailAbsent } from "../../../provider/resources/jail-absent.js";
import { filesDigest } from "../../../provider/resources/jail-contents.js";
import { jailSchema } from "../../../provider/resources/jail-inputs.js";
import { desiredFstabText } from "../../../provider/resources/jail-mounts.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { inSkeleton, mountPoint } from "../../../provider/resources/thin.js";
import { brief, emptyHost, hostWith, jailTarget, placeIn, zfsStorage } from "./pictures.js";

const thin = (more: object = {}, where?: typeof zfsStorage) => {
  const { base } = jailTarget({}, where).inputs;
  return jailTarget({ type: "thin", base: { ...base, kind: "split" }, ...more }, where);
};
const onDevice = (more: object = {}) => thin({ readWrite: { device: "/dev/gpt/web" }, ...more });
const template = "/jails/templates/15.1-RELEASE-full-0123abcd";
const web = "/jails/containers/web";

function expectOrder(commands: readonly Command[], ...starts: string[]): void {
  const places = starts.map((start) => placeIn(commands, start));
  expect(places).toEqual([...places].sort((a, b) => a - b));
}

it.each([
  ["/etc/rc.conf", "/etc/rc.conf"],
  ["/usr/local/www", "/usr-local/www"],
  ["/usr/local", "/usr-local"],
  ["/s/usr-local/www", "/usr-local/www"],
  ["/s", ""],
  ["/usr/share", undefined],
  ["/etcetera", undefined],
  ["/", undefined],
])("%s of a thin jail is %s of its read-write part", (path, inside) => {
  expect(inSkeleton(path)).toBe(inside);
});

it("mounts are made beside the template's links, never through them", () => {
  const { inputs, storage } = thin();
  expect(mountPoint(inputs, storage, "/usr/local/www")).toBe(`${web}/root/s/usr-local/www`);
  expect(mountPoint(inputs, storage, "/mnt")).toBe(`${web}/root/mnt`);
  const thick = jailTarget();
  expect(mountPoint(thick.inputs, storage, "/usr/local/www")).toBe(`${web}/usr/local/www`);
});

it("the fstab mounts the template, then the read-write part, then what is declared", () => {
  const mounts = [{ source: "/srv", target: "/var/srv", readOnly: true }];
  const { inputs, storage } = onDevice({ mounts });
  expect(desiredFstabText(inputs, storage)).toBe(
    `/dev/gpt/web ${web}/skeleton ufs rw 0 0\n` +
      `${template}/root ${web}/root nullfs ro 0 0\n` +
      `${web}/skeleton ${web}/root/s nullfs rw 0 0\n` +
      `/srv ${web}/root/s/var/srv nullfs ro 0 0\n`,
  );
  expect(desiredFstabText(jailTarget().inputs, storage)).toBeUndefined();
});

describe("a thin jail that is not there", () => {
  it("is a user of its template before its part is copied", () => {
    const t = thin({ mounts: [{ source: "/srv", target: "/var/srv" }] });
    expectOrder(
      planJail(t, emptyHost(t)).commands,
      "ln -sh MARK /jails/.pulumi-freebsd/users.15.1-RELEASE-full-0123abcd/",
      `mkdir ${web}.partial`,
      `mkdir ${web}.partial/root ${web}.partial/skeleton`,
      `copy_tree ${template}/skeleton ${web}.partial/skeleton`,
      `copy_resolver ${web}.partial/skeleton`,
      `rename ${web}.partial ${web}`,
      `make_inside ${web}/skeleton /var/srv`,
      `put_file ${web}.fstab`,
      "jail -f /etc/jail.conf.d/web.conf -c web",
    );
  });

  it("is a dataset of its own on ZFS", () => {
    const t = thin({}, zfsStorage);
    expectOrder(
      planJail(t, emptyHost(t)).commands,
      "zfs create",
      `mkdir ${web}.partial/root`,
      `copy_tree ${template}/skeleton ${web}.partial/skeleton`,
      "zfs rename tank/jails/containers/web.partial tank/jails/containers/web",
    );
  });

  it("is refused while its template is not there, or not split", () => {
    const t = thin();
    const parts = new Map([[`${template}/root`, "Directory"]]);
    expect(() => planJail(t, { ...emptyHost(t), parts })).toThrow(/no split one/);
  });

  it("is refused where its tree is none of a thin jail", () => {
    const t = thin({ adopt: true });
    const parts = new Map(
      ["root", "skeleton"].map((part) => [`${template}/${part}`, "Directory"] as const),
    );
    expect(() => planJail(t, { ...emptyHost(t), parts, root: true })).toThrow(
      /containers\/web is not a thin jail's/,
    );
  });
});

it.each([
  ["a directory", thin()],
  ["ZFS", thin({}, zfsStorage)],
  ["a device", onDevice()],
])("a thin jail in %s that is as declared needs nothing", (_, t) => {
  expect(brief(planJail(t, hostWith(t)).commands)).toEqual([]);
});

describe("a running thin jail", () => {
  const t = thin();
  const seen = hostWith(t);

  it("whose template is not mounted is removed without its own programs, and started", () => {
    const mounts = seen.mounts.filter(({ on }) => on !== `${web}/root`);
    expectOrder(
      planJail(t, { ...seen, mounts }).commands,
      "jail -R web",
      "must_be_stopped web",
      `sweep_mounts ${web}`,
      "jail -f /etc/jail.conf.d/web.conf -c web",
    );
  });

  it("is restarted when another template is mounted", () => {
    const other = seen.mounts.map((mount) =>
      mount.on === `${web}/root` ? { ...mount, from: "/elsewhere" } : mount,
    );
    expect(placeIn(planJail(t, { ...seen, mounts: other }).commands, "jail -R web")).toBe(0);
  });

  it("is unmounted before it is deleted, and its template is left alone", () => {
    const { commands } = planJailAbsent(t, seen);
    expectOrder(
      commands,
      "jail -f /etc/jail.conf.d/web.conf -r web",
      `sweep_mounts ${web}`,
      `set_aside ${web} ${web}.deleted`,
      "rm -f /jails/.pulumi-freebsd/users.",
    );
    expect(brief(commands).join("\n")).not.toContain(`${template}/`);
  });
});

describe("a thin jail on a device", () => {
  const t = onDevice({ files: { "/etc/x": { content: "x" } } });
  const device = { kind: "empty", detail: "-" } as const;

  it("has it made, filled while it is half-built, and released before the jail mounts it", () => {
    const { commands, onFailure = [] } = planJail(t, { ...emptyHost(t), device });
    expectOrder(
      commands,
      "newfs -U /dev/gpt/web",
      `mount -t ufs /dev/gpt/web ${web}.partial/skeleton`,
      `fill_device ${web}.partial/skeleton ${template}/skeleton MARK host ours`,
      `unmount_device /dev/gpt/web ${web}.partial/skeleton`,
      `rename ${web}.partial ${web}`,
      `mount -t ufs /dev/gpt/web ${web}/skeleton`,
      `put_inside web ${web}/skeleton /s /etc x 0644 0:0`,
      `ln -sfh sha256:`,
      `unmount_device /dev/gpt/web ${web}/skeleton`,
      "jail -f /etc/jail.conf.d/web.conf -c web",
    );
    expectOrder(onFailure, `unmount_device /dev/gpt/web ${web}.partial`, `remove_tree ${web}`);
  });

  it("is never formatted when it carries a file system", () => {
    const carries = { kind: "carries", detail: "ufs" } as const;
    const { commands } = planJail(t, { ...emptyHost(t), device: carries });
    expect(brief(commands).join("\n")).not.toContain("newfs");
  });

  it("writes the files of a stopped jail once", () => {
    const stopped = { ...t, inputs: { ...t.inputs, running: false, autostart: false } };
    const seen = {
      ...hostWith(t),
      running: undefined,
      mounts: [],
      boot: { enabled: true, list: [] },
    };
    expect(placeIn(planJail(stopped, seen).commands, "put_inside")).toBe(2);
    const written = { ...seen, written: filesDigest(t.inputs, seen) };
    expect(brief(planJail(stopped, written).commands)).toEqual([]);
  });

  it.each([
    ["absent -", /is not on the host/],
    ["partitioned /dev/ada1p1", /has partitions \(\/dev\/ada1p1\)/],
    ["carries zfs", /carries zfs, not UFS/],
    ["fault fstyp: /dev/x: Input/output error", /cannot be read: fstyp/],
    ["mounted /home\ncarries ufs", /is mounted on \/home/],
  ])("is refused when the host says: %s", (stdout, words) => {
    const state = parseDevice({ status: 0, stdout: `${stdout}\n`, stderr: "" });
    expect(() => planJail(t, { ...emptyHost(t), device: state })).toThrow(words);
  });
});

it("a base without a kind is a full one, as before there were others", () => {
  const { inputs } = jailTarget();
  expect(JSON.stringify(inputs.base)).not.toContain("kind");
  const again = jailSchema.parse({ ...inputs, base: { ...inputs.base, kind: "full" } });
  expect(JSON.stringify(again)).toBe(JSON.stringify(inputs));
});
