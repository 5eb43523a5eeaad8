/** Upgrades, ways back, and what becomes of kept trees: all that is cut. */
import type { Declaration, Properties } from "./engine.js";
import { base, baseOf, jail, release } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

const older = "14.3-RELEASE";
const between = "15.0-RELEASE";
const releases = { old: older, mid: between, new: release };
type On = keyof typeof releases;

/** The bases are there before and after: what is cut is the jail's own change. */
const program = (
  { login }: World,
  type: string,
  on: On,
  more: Properties = {},
  names: readonly On[] = ["old", "new"],
): Declaration[] => {
  const kind = type === "thin" ? { kind: "split" } : {};
  const declared = jail(login, "web", { type, ...more });
  const inputs = (outputs: Record<string, Properties>) => ({
    ...declared.inputs(outputs),
    base: baseOf(outputs, on),
  });
  return [
    ...names.map((name) => ({
      kind: "BaseRelease" as const,
      name,
      inputs: () => ({ host: login, release: releases[name], ...kind }),
    })),
    { ...declared, inputs },
  ];
};

/**
 * What the owner of the jail did, and what its base was like: a file of the owner's and one that was removed, accounts
 * and a text that are merged, and two files that cannot be. Sizes differ from those of other versions: all of this and
 * a patch may happen in one second, and what has the same size and time is not seen as changed.
 */
const live = async ({ host }: World): Promise<void> => {
  const script = `set -e; cd /usr/local/jails
    own=containers/web base=$(ls -d templates/* | head -n 1)
    if [ -d $base/skeleton ]; then own=$own/skeleton base=$base/skeleton
    else echo "# mine" >>$own/bin/freebsd-version; fi
    echo old | tee $base/etc/motd.template >$own/etc/motd.template; echo mine >>$own/etc/motd.template
    echo "old:*:1999:" | tee -a $base/etc/group >>$own/etc/group; echo "app:*:2000:" >>$own/etc/group
    sed -i "" "1s/^/# of the old base/" $base/etc/newsyslog.conf; cp $base/etc/newsyslog.conf $own/etc/newsyslog.conf
    echo "# mine" >>$own/etc/newsyslog.conf
    echo hi >$own/root/mine; rm $own/etc/nsmb.conf`;
  const { status, stderr } = await host.run(script);
  if (status !== 0) throw new Error(stderr);
};

const zfs = { dataset: "tank/jails" };

const upgrade = (type: string, options: Flow["options"] = {}, more: Properties = {}): Flow => ({
  options: { releases: [older], ...options },
  use: live,
  from: (world) => program(world, type, "old", more),
  to: (world) => program(world, type, "new", more),
});

const thick = upgrade("thick");
const clone: Flow = { ...upgrade("clone", zfs), like: [thick] };
const thin: Flow = { ...upgrade("thin"), like: [thick] };

export const upgradeFlows: Record<string, Flow> = {
  "a thick jail is upgraded": thick,
  "a clone is upgraded": clone,
  "a thin jail is upgraded": thin,
  "a clone is upgraded, and its old tree removed": {
    ...upgrade("clone", zfs, { keepOld: 0 }),
    like: [thick, clone],
  },
};

/** The jail goes back to the tree that its upgrade kept. */
const back = (flow: Flow, like: readonly Flow[]): Flow => ({
  ...flow,
  via: flow.to,
  to: flow.from,
  like,
});

const thickBack = back(thick, []);

export const backFlows: Record<string, Flow> = {
  "a thick jail goes back": thickBack,
  "a clone goes back": back(clone, [thickBack]),
  "a thin jail goes back": back(thin, [thickBack]),
};

const healthCheck = { command: "test -f /etc/well", retries: 2, interval: 0 };

/** Nothing tells the jail that it is well. */
const unwell = (
  like: readonly Flow[],
  type: string,
  options: Flow["options"] = {},
  more: Properties = {},
): Flow => ({
  ...upgrade(type, options, { healthCheck, ...more }),
  fails: /health check of jail web[\s\S]*taken back to 14\.3-RELEASE[^,]*, as it was before/,
  like,
});

const thickUnwell = unwell([thick], "thick");

export const unwellFlows: Record<string, Flow> = {
  "a thick jail is not well on the new base": thickUnwell,
  "a clone is not well on the new base": unwell([thick, clone, thickUnwell], "clone", zfs),
  "a thin jail is not well on the new base": unwell([thick, thin, thickUnwell], "thin"),
};

const three: readonly On[] = ["old", "mid", "new"];

/** Of two upgrades, the tree of the first is kept no more after the second. */
const prune = (like: readonly Flow[], type: string, options: Flow["options"] = {}): Flow => ({
  options: { releases: [older, between], ...options },
  use: live,
  from: (world) => program(world, type, "old", {}, three),
  via: (world) => program(world, type, "mid", {}, three),
  to: (world) => program(world, type, "new", {}, three),
  like,
});

export const keptFlows: Record<string, Flow> = {
  "a thick jail is upgraded again": prune([thick], "thick"),
  "a clone is upgraded again": prune([thick, clone], "clone", zfs),
};

const updates = { [release]: 4 };

/** As Jail.patch of the SDK declares it: a patched copy of the base beside it, and the jail on that. */
const ownPatch =
  (on: "base" | "web-patched") =>
  ({ login }: World): Declaration[] => {
    const declared = jail(login, "web");
    const copy = {
      kind: "BaseRelease" as const,
      name: "web-patched",
      inputs: (outputs: Record<string, Properties>) => ({
        ...{ host: login, release, patch: "latest", directory: outputs.base?.path },
      }),
    };
    const inputs = (outputs: Record<string, Properties>) => ({
      ...declared.inputs(outputs),
      base: baseOf(outputs, on),
    });
    return [base(login), ...(on === "base" ? [] : [copy]), { ...declared, inputs }];
  };

/** One base, of the newest patches or not, and a jail on it. */
const basePatch =
  (patch: Properties) =>
  ({ login }: World): Declaration[] => [
    base(login, patch),
    jail(login, "web", { type: "clone", keepOld: 0 }),
  ];

export const patchFlows: Record<string, Flow> = {
  "a thick jail is patched": {
    options: { updates },
    use: live,
    from: ownPatch("base"),
    to: ownPatch("web-patched"),
    like: [thick],
  },
  "a patched jail goes back": {
    options: { updates },
    use: live,
    from: ownPatch("base"),
    via: ownPatch("web-patched"),
    to: ownPatch("base"),
    like: [thickBack],
  },
  "a clone moves to a patched base, and the old one goes": {
    options: { updates, ...zfs },
    use: live,
    from: basePatch({}),
    to: basePatch({ patch: "latest" }),
    like: [thick, clone],
  },
};
