/** Session 40 shows what Bastille leaves on a host. This leaves the same, without Bastille. */
import { commandOf } from "./replay.js";
import { readSession } from "./transcripts.js";

const HOME = "/usr/local/bastille";
const RELEASE = "13.2-RELEASE";
const BASE = `tank/bastille/releases/${RELEASE}`;
const SNAPSHOT = `${BASE}@bastille-clone-2026-11-21-070957`;
const DATASETS = "cache jails backups releases volumes templates".split(" ");
/** What a thin jail has of its own, and what it has from the release. */
const OWN = "COPYRIGHT dev etc media mnt net proc root tmp usr var".split(" ");
const SHARED = "bin boot lib libexec rescue sbin".split(" ");

/** The lines that make the pool, the datasets, the files and the jails. */
export function bastilleLayout(): string[] {
  return [
    "sysrc cloned_interfaces=lo1 ifconfig_lo1_name=bastille0",
    "ifconfig lo1 create name bastille0",
    ...makeDatasets(),
    ...makeJail("c1", [`zfs snapshot ${SNAPSHOT}`, `zfs clone ${SNAPSHOT} ${rootOf("c1")}`]),
    ...makeJail("t1", [`zfs create ${rootOf("t1")}`, ...fillThinJail(`${HOME}/jails/t1/root`)]),
    ...makeJail("k1", [
      `zfs create ${rootOf("k1")}`,
      `tar -xpf /usr/freebsd-dist/base.txz -C ${HOME}/jails/k1/root`,
      `cp ${HOME}/jails/c1/settings.conf ${HOME}/jails/k1/settings.conf`,
    ]),
    ...mountInOrder(),
    ...["c1", "t1", "k1"].flatMap(startJail),
  ];
}

const rootOf = (jail: string): string => `tank/bastille/jails/${jail}/root`;

function makeDatasets(): string[] {
  return [
    "zpool create tank /dev/vtbd1",
    `zfs create -o atime=off -o mountpoint=${HOME} tank/bastille`,
    "zfs create -o mountpoint=/var/log/bastille tank/bastille/logs",
    ...[...DATASETS, `cache/${RELEASE}`, `releases/${RELEASE}`].map(
      (name) => `zfs create tank/bastille/${name}`,
    ),
    `tar -xpf /usr/freebsd-dist/base.txz -C ${HOME}/releases/${RELEASE}`,
  ];
}

function makeJail(name: string, makeRoot: readonly string[]): string[] {
  return [
    `zfs create tank/bastille/jails/${name}`,
    ...makeRoot,
    `mkdir /var/log/bastille/${name}`,
    ...readSession(RELEASE, "40").flatMap((step) => {
      const file = /^cat (.*)$/.exec(commandOf(step))?.[1] ?? "";
      if (!file.startsWith(`${HOME}/jails/${name}/`)) return [];
      return [`cat > ${file} <<'END'\n${step.stdout ?? ""}END`];
    }),
  ];
}

function fillThinJail(root: string): string[] {
  return [
    `tar -cf - -C ${HOME}/releases/${RELEASE} ${OWN.join(" ")} | tar -xpf - -C ${root}`,
    `mkdir ${root}/.bastille`,
    ...SHARED.map((name) => `ln -s /.bastille/${name} ${root}/${name}`),
  ];
}

/** The order in which the recorded host had mounted the datasets; those of a jail came with it. */
function mountInOrder(): string[] {
  return [
    "zfs unmount -a",
    "zfs mount tank/bastille/logs; zfs mount tank/bastille; zfs mount tank",
    ...[...DATASETS, `cache/${RELEASE}`, `releases/${RELEASE}`].map(
      (name) => `zfs mount tank/bastille/${name}`,
    ),
  ];
}

/** What stands for a command of Bastille on a host without it. */
export function withoutBastille(line: string): string {
  return line.replace(
    /^bastille stop (\w+)$/,
    (_, name: string) => `jail -f ${HOME}/jails/${name}/jail.conf -r ${name}`,
  );
}

/** Every second number had gone to another jail. */
function startJail(name: string): string[] {
  return [
    `zfs mount tank/bastille/jails/${name}; zfs mount ${rootOf(name)}`,
    "jail -c name=x path=/ persist && jail -r x",
    `jail -f ${HOME}/jails/${name}/jail.conf -c ${name}`,
  ];
}
