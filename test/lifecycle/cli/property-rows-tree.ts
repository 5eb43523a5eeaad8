/** Properties of Jail that are about its tree and what it is made from, as property-rows.ts has the others. */
import type { Row } from "./property-rows.js";

const marks = "/usr/local/jails/.pulumi-freebsd/marks";
const mounted = "mount -p | grep /$J/ | grep -e /mnt -e /media | cut -f 1";
const unmounted = 'umount $(mount -p | grep "/$J/.*mnt" | cut -f 3)';
const userland = "jexec $J freebsd-version -u";
/** A thin jail sees its template, in which /etc is a link. */
const typeOf = "jexec $J sh -c '[ -L /etc ] && echo thin || echo whole'";
/** Nothing on the host tells of it: it is what the next change goes by. */
const unseen = { shows: "jls -j $J -q securelevel", values: ["-1", "-1", "-1"] } as const;

export const treeRows: readonly Row[] = [
  {
    property: "mounts",
    kind: "live",
    beside: 'base: thin, type: "thin"',
    declared: ["", 'mounts: [{ source: "/usr/share", target: "/mnt", readOnly: true }]', ""],
    effects: "live",
    drift: unmounted,
    shows: mounted,
    values: ["", "/usr/share", ""],
  },
  {
    property: "mounts",
    kind: "restart",
    declared: [
      'mounts: [{ source: "/usr/share", target: "/mnt", readOnly: true }]',
      'mounts: [{ source: "/usr/bin", target: "/mnt", readOnly: true }]',
      "",
    ],
    effects: ["restart", "restart", "live"],
    drift: unmounted,
    shows: mounted,
    values: ["/usr/share", "/usr/bin", ""],
  },
  {
    property: "base",
    declared: ["base: older", "base", "base"],
    effects: ["restart", "same", "same"],
    shows: userland,
    values: [/^15\.0/, /^15\.1/, /^15\.1/],
  },
  {
    property: "type",
    site: "directory",
    declared: ['base: thin, type: "thin"', 'type: "thick"', ""],
    effects: ["restart", "same", "same"],
    shows: typeOf,
    values: ["thin", "whole", "whole"],
  },
  {
    property: "type",
    site: "zfs",
    declared: ['type: "clone"', 'type: "thick"', ""],
    effects: ["restart", "same", "same"],
    shows: "zfs get -H -o value origin tank/jails/containers/$J",
    values: [/@base$/, "-", "-"],
  },
  {
    property: "patch",
    declared: ['patch: "none"', 'patch: "latest"', ""],
    effects: ["restart", "same", "restart"],
    shows: userland,
    values: ["15.1-RELEASE-p1", "15.1-RELEASE-p3", "15.1-RELEASE-p1"],
  },
  {
    property: "patchTriggers",
    site: "directory",
    beside: 'patch: "latest"',
    declared: ['patchTriggers: ["october"]', 'patchTriggers: ["november"]', ""],
    effects: ["restart", "same", "restart"],
    shows: userland,
    values: ["15.1-RELEASE-p3", "15.1-RELEASE-p3", "15.1-RELEASE-p3"],
  },
  {
    property: "layers",
    declared: ["layers: [one]", "layers: [one, two]", ""],
    effects: "restart",
    drift: `rm ${marks}/layers.$J.*`,
    shows: "jexec $J sh -c 'cat /usr/local/one /usr/local/two 2>/dev/null'",
    values: ["1", "1\n2", ""],
  },
  {
    property: "layerLimits",
    declared: ["layerLimits: { entries: 5000 }", 'layerLimits: { size: "1g" }', ""],
    effects: ["none", "same", "none"],
    ...unseen,
  },
  {
    property: "record",
    site: "directory",
    declared: ["", "record: true", ""],
    effects: "restart",
    drift: "umount -f /usr/local/jails/containers/$J",
    shows: "mount -p -t unionfs | grep -c containers/$J",
    values: ["0", "1", "0"],
  },
  {
    property: "quota",
    site: "zfs",
    declared: ['quota: "8g"', 'quota: "9g"', ""],
    effects: "live",
    drift: "zfs set refquota=none tank/jails/containers/$J",
    shows: "zfs get -H -o value refquota tank/jails/containers/$J",
    values: ["8G", "9G", "none"],
  },
  {
    property: "image",
    beside: 'type: "image"',
    declared: ['image: { size: "64m" }', 'image: { size: "96m" }', 'image: { size: "96m" }'],
    effects: ["restart", "same", "same"],
    shows: "jexec $J df -m / | tail -n 1 | grep -o ' [0-9][0-9]* ' | head -n 1",
    values: [/^[56]\d$/, /^[89]\d$/, /^[89]\d$/],
  },
  {
    property: "adopt",
    site: "directory",
    before: [
      "root=/usr/local/jails/containers/$J; mkdir -p $root /etc/jail.conf.d",
      "tar -xpf /usr/freebsd-dist/base.txz -C $root; echo theirs >$root/root/theirs",
      `echo "$J { path = \\"$root\\"; persist; }" >/etc/jail.conf.d/$J.conf`,
      "jail -f /etc/jail.conf.d/$J.conf -c $J",
    ].join("; "),
    declared: ["adopt: true", "adopt: false", ""],
    effects: ["none", "same", "same"],
    shows: "jexec $J cat /root/theirs",
    values: ["theirs", "theirs", "theirs"],
  },
  {
    property: "healthCheck",
    declared: [
      'healthCheck: { command: "test -d /" }',
      'healthCheck: { command: ["true"], retries: 2 }',
      "",
    ],
    effects: ["none", "same", "none"],
    ...unseen,
  },
  {
    property: "archiveOnDelete",
    declared: ["archiveOnDelete: true", 'archiveOnDelete: { directory: "/srv" }', ""],
    effects: ["none", "same", "none"],
    ...unseen,
  },
  {
    property: "forceDelete",
    declared: ["", "forceDelete: true", ""],
    effects: ["none", "same", "none"],
    ...unseen,
  },
  {
    property: "keepOld",
    declared: ["keepOld: 2", "keepOld: 0", ""],
    effects: ["none", "same", "none"],
    ...unseen,
  },
  {
    property: "upgradeParallelism",
    declared: ["upgradeParallelism: 2", "upgradeParallelism: 3", ""],
    effects: ["none", "same", "none"],
    ...unseen,
  },
];
