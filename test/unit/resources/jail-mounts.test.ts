/** Mounts of a running jail: what the preview says of a change is what the update does. */
import { describe, expect, it } from "vitest";
import { drifted } from "../../../provider/resources/jail-drift.js";
import { explain } from "../../../provider/resources/jail-explain.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { brief, hostWith, jailTarget, placeIn } from "./pictures.js";

const { base } = jailTarget().inputs;
const thick = (mounts: object[], more: object = {}) => jailTarget({ mounts, ...more });
const thin = (mounts: object[], more: object = {}) =>
  jailTarget({ type: "thin", base: { ...base, kind: "split" }, mounts, ...more });

const srv = { source: "/srv", target: "/mnt" };
const site = { source: "/srv/www", target: "/usr/local/www" };
const scratch = { type: "tmpfs", target: "/media" };
const inSrv = { source: "/data", target: "/mnt/data" };

const web = "/jails/containers/web";

/** The host as `from` left it, where only the parts of the template that `to` needs are looked at. */
const seenBy = (from: JailTarget, to: JailTarget): JailObserved => ({
  ...hostWith(from),
  parts: hostWith(to).parts,
});

type Change = readonly [
  name: string,
  kind: typeof thick,
  from: object[],
  to: object[],
  effect: "live" | "restart" | "none",
  commands: readonly string[],
];

const changes: readonly Change[] = [
  ["one of a thick jail goes", thick, [srv], [], "live", [`unmount_live nullfs ${web}/mnt`]],
  [
    "several of one go, the last one first",
    thick,
    [srv, inSrv, site],
    [site],
    "live",
    [`unmount_live nullfs ${web}/mnt/data`, `unmount_live nullfs ${web}/mnt`],
  ],
  ["one goes under another", thick, [srv, inSrv], [inSrv], "restart", []],
  ["a thick jail gets one", thick, [], [srv], "restart", []],
  [
    "a thin jail gets one in its template",
    thin,
    [],
    [srv],
    "live",
    ["must_be_there /srv", `mount_live nullfs rw /srv ${web}/root /mnt`],
  ],
  [
    "one goes, another comes",
    thin,
    [site],
    [scratch],
    "live",
    [
      `unmount_live nullfs ${web}/root/s/usr-local/www`,
      `mount_live tmpfs rw tmpfs ${web}/root /media`,
    ],
  ],
  ["a thin jail gets one in its own part", thin, [], [site], "restart", []],
  ["a thin jail gets one in another mount", thin, [srv], [srv, inSrv], "restart", []],
  ["another source", thin, [srv], [{ ...srv, source: "/data" }], "restart", []],
  ["read-only", thin, [srv], [{ ...srv, readOnly: true }], "restart", []],
  ["another size", thin, [scratch], [{ ...scratch, size: "1m" }], "restart", []],
  ["another order", thick, [srv, site], [site, srv], "none", []],
  [
    "another order of two of which one covers the other",
    thick,
    [srv, inSrv],
    [inSrv, srv],
    "restart",
    [],
  ],
];

describe.each(changes)("%s", (_, kind, before, after, effect, commands) => {
  const [from, to] = [kind(before), kind(after)];

  it("is told", () => {
    const { inputs } = to;
    const told = explain("mounts", from.inputs.mounts, inputs.mounts, { ...inputs });
    expect(told.effect).toBe(effect);
    expect(told.detail).toMatch(/^mounts: (\/|another order)/);
  });

  it("is done so", () => {
    const planned = brief(planJail(to, seenBy(from, to)).commands);
    expect(planned.some((command) => command.startsWith("jail -f "))).toBe(effect === "restart");
    expect(planned.some((command) => /(put_file|rm -f) .*fstab/.test(command))).toBe(true);
    expect(planned.filter((command) => /^(un|must_|)(mount_live|be_there)/.test(command))).toEqual(
      commands,
    );
  });
});

it("what is unmounted comes before, what is mounted after the fstab", () => {
  const [from, to] = [
    thin([site]),
    thin([srv], { files: { "/usr/local/www/x": { content: "" } } }),
  ];
  const files = new Map([["/usr/local/www/x", { digest: "e3b0c442", mode: "0644", owner: "0:0" }]]);
  const { commands } = planJail(to, { ...seenBy(from, to), files });
  const order = ["must_be_there", "unmount_live", "put_inside", "put_file", "mount_live"];
  const places = order.map((start) => placeIn(commands, start));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBe(0);
});

describe.each([
  ["is there twice", (seen: JailObserved) => [...seen.mounts, seen.mounts.at(-1)!], []],
  [
    "is of another type",
    (seen: JailObserved) => seen.mounts.map((m) => ({ ...m, type: "tmpfs" })),
    [],
  ],
  [
    "has a dataset on it",
    ({ mounts }: JailObserved) => mounts,
    [{ from: "tank/x", on: `${web}/mnt/x`, type: "zfs", options: ["rw"] }],
  ],
] as const)("a mount that goes and %s", (_, mountsOf, foreignMounts) => {
  it("takes a restart", () => {
    const seen = hostWith(thick([srv]));
    const { commands } = planJail(thick([]), { ...seen, mounts: mountsOf(seen), foreignMounts });
    expect(placeIn(commands, "jail -f /etc/jail.conf.d/web.conf -r web")).toBeGreaterThan(-1);
  });
});

it("a place where somebody mounted a dataset is no place for a live mount", () => {
  const to = thin([srv]);
  const foreignMounts = [{ from: "tank/x", on: `${web}/root/mnt/x`, type: "zfs", options: ["rw"] }];
  const seen = { ...seenBy(thin([]), to), foreignMounts };
  expect(
    placeIn(planJail(to, seen).commands, "jail -f /etc/jail.conf.d/web.conf -r web"),
  ).toBeGreaterThan(-1);
});

it.each([
  ["may mount", {}, { "allow.mount": true }],
  ["could mount until now", { "allow.mount": true }, {}],
])("a jail that %s gets no mount while it runs: it could cover the way there", (_, was, is) => {
  const [from, to] = [thin([], { parameters: was }), thin([srv], { parameters: is })];
  const told = explain("mounts", [], to.inputs.mounts, { ...to.inputs }, { ...from.inputs });
  expect(told.effect).toBe("restart");
  const planned = brief(planJail(to, seenBy(from, to)).commands);
  expect(planned.some((command) => command.startsWith("jail -f "))).toBe(true);
});

it.each([
  ["a mount", thin([{ ...srv, readOnly: true }]), `${web}/root/mnt`],
  ["the template", thin([]), `${web}/root`],
])("%s that somebody made writable is drift, and takes a restart", (_, t, place) => {
  const seen = hostWith(t);
  const mounts = seen.mounts.map((one) => (one.on === place ? { ...one, options: ["rw"] } : one));
  expect(drifted(t, { ...seen, mounts })).not.toEqual(drifted(t, seen));
  const planned = brief(planJail(t, { ...seen, mounts }).commands);
  expect(planned.some((command) => command.startsWith("jail -f "))).toBe(true);
});

it("what was to go and is mounted still is drift, and what is missing", () => {
  const ro = { ...site, readOnly: true };
  const [from, to] = [thin([scratch, ro]), thin([srv])];
  const seen = { ...seenBy(from, to) };
  expect(drifted(to, seen).mounts).toEqual([
    { type: "tmpfs", target: "/media", readOnly: false },
    { type: "nullfs", source: "/srv/www", target: "/s/usr-local/www", readOnly: true },
  ]);
  expect(drifted(from, hostWith(from)).mounts).toEqual(from.inputs.mounts);
});
