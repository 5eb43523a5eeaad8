/** What a program declares of a jail. */
import type * as pulumi from "@pulumi/pulumi";
import type { BaseRelease } from "./base-release.js";
import type { HostArgs } from "./host.js";
import type { IpRange } from "./ip-range.js";
import type { JailFilesArgs } from "./jail-files.js";
import type { JailCommandsArgs, JailRepositoryArgs, JailUsersArgs } from "./jail-inside.js";
import type { JailPackage } from "./jail-package.js";
import type { LinuxBase } from "./linux-base.js";

/** An address that is given. */
export interface JailAddressArgs {
  /** IPv4 or IPv6 address. */
  address: pulumi.Input<string>;
  /**
   * Interface that gets it as an alias while the jail runs. Default none: the host has the address itself and keeps
   * it, and several jails may use it.
   */
  interface?: pulumi.Input<string>;
  /** Prefix length of the alias. Default 32, or 128 for IPv6. */
  prefixLength?: pulumi.Input<number>;
}

/** A directory of the host that appears in the jail (nullfs), or a file system of the jail's own. */
export interface JailMountArgs {
  /** Default `"nullfs"`. */
  type?: pulumi.Input<
    "nullfs" | "tmpfs" | "devfs" | "fdescfs" | "procfs" | "linprocfs" | "linsysfs"
  >;
  /** nullfs: absolute path on the host. Two jails that share a writable directory can help each other out. */
  source?: pulumi.Input<string>;
  /**
   * Absolute path inside the jail; made when it is absent, never followed through a link. In a thin jail a target
   * outside /etc, /home, /root, /tmp, /usr/local and /var must be a directory of the template, such as `/mnt`.
   */
  target: pulumi.Input<string>;
  /** Default `false`. */
  readOnly?: pulumi.Input<boolean>;
  /** tmpfs: size such as `"64m"`. Default: what the host has. */
  size?: pulumi.Input<string>;
  /** tmpfs: octal mode of its root, e.g. `"1777"`. */
  mode?: pulumi.Input<string>;
  /** devfs: number of the rule set. */
  ruleset?: pulumi.Input<number>;
}

/** What a thin jail writes to: a device or an image. */
export interface JailReadWriteArgs {
  /**
   * A disk or partition, e.g. `"/dev/gpt/web"`. It gets a UFS (newfs(8)) only when fstyp(8) knows no file system on it;
   * one with files is refused, unless they are those of this very resource. Deleting the jail leaves it alone.
   */
  device?: pulumi.Input<string>;
  /**
   * A UFS in a sparse file, `containers/<name>.img`, which a memory disk (mdconfig(8)) shows while the jail runs: a
   * limit for what the jail can fill. `size` is for example `"2g"`. It is the jail's own and is deleted with it.
   */
  image?: pulumi.Input<{ size: pulumi.Input<string> }>;
}

/** A UFS in a sparse file, `containers/<name>.img`, with all of a jail in it; deleted with the jail. */
export interface JailImageArgs {
  /**
   * Size of the file, e.g. `"10g"`: a limit for what the jail can fill, at least half more than the base's files. The
   * host gives room as it is filled. More grows it (growfs(8)) with a restart of the jail; less is refused.
   */
  size: pulumi.Input<string>;
}

/** A command in the jail, after it was started on another base: when it does not succeed, the old tree is taken back. */
export interface JailHealthCheckArgs {
  /**
   * Words, or a line for the jail's /bin/sh. Exit status 0 is success. It must not leave anything running: timeout(1)
   * waits for that, too.
   */
  command: pulumi.Input<string> | pulumi.Input<pulumi.Input<string>[]>;
  /** Attempts. Default 5. */
  retries?: pulumi.Input<number>;
  /** Seconds between two attempts. Default 2. */
  interval?: pulumi.Input<number>;
  /** Seconds for all attempts together. Default 60. */
  deadline?: pulumi.Input<number>;
}

export interface JailResolverArgs {
  /** One to three addresses. */
  nameservers: pulumi.Input<pulumi.Input<string>[]>;
  /** Search domains. */
  search?: pulumi.Input<pulumi.Input<string>[]>;
  /** Options of resolv.conf(5), e.g. `"ndots:2"`. */
  options?: pulumi.Input<pulumi.Input<string>[]>;
}

/** One address of a name, or several. */
export type JailHostAddresses = string | pulumi.Input<string>[];

/** A package that is not a resource of this program. */
export type JailLayerArgs =
  | {
      /** http or https: what comes is held against `sha256` in any case. Kept on the host while a jail has layers. */
      url: pulumi.Input<string>;
      sha256: pulumi.Input<string>;
    }
  | {
      /** Absolute path on the host. */
      path: pulumi.Input<string>;
      /** Default: what the file `<path>.sha256` beside it says. */
      sha256?: pulumi.Input<string>;
    };

/** `100` or `"512m"`: k, m, g, t, p and e are powers of 1024. */
export type JailLimitAmount = pulumi.Input<number> | pulumi.Input<string>;

/** An amount, or amounts by action: `deny`, `log`, `devctl`, `throttle`, `sigterm` and other signals. */
export type JailLimit = JailLimitAmount | Record<string, JailLimitAmount>;

/** A service in the jail, a script of rc.d. */
export interface JailServiceArgs {
  /** Whether it is started with the jail. Default `true`. */
  enabled?: pulumi.Input<boolean>;
  /**
   * Whether it runs now; `"any"` for scripts that start nothing that stays, and cannot tell. Default: as `enabled`.
   */
  running?: pulumi.Input<boolean | "any">;
  /**
   * Variables of rc.conf(5), such as `{ nginx_flags: "-q" }`, set before it is started. It is restarted when one changes.
   * One that is declared no more is taken out. Default none.
   */
  rcvars?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What one package may hold; more is refused before anything is unpacked. */
export interface JailLayerLimitsArgs {
  /** Files, directories and links, at most 15000. Default 10000. */
  entries?: pulumi.Input<number>;
  /** Of all files together, e.g. `"512m"`. Default `"4g"`. */
  size?: pulumi.Input<string>;
}

export type JailParameter = pulumi.Input<boolean | number | string | pulumi.Input<string>[]>;

export interface JailArgs {
  /** The host. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /**
   * The release that the jail is made from, of the same host; of kind `"split"` for a thin jail. Another one upgrades
   * the jail in place, or takes it back, with a restart; what its owner changed stays. Of a `LinuxBase` the jail runs
   * Linux programs; its base cannot be changed yet.
   */
  base: BaseRelease | LinuxBase;
  /**
   * Name of the jail: 1 to 31 letters, digits, `_` or `-`, a letter first. Default: the resource's name. Another one
   * renames the jail with its data: it is stopped, its tree or dataset renamed, and started; a name that is taken is
   * refused before that.
   */
  name?: pulumi.Input<string>;
  /** Host name. Default: the jail's name. Changed in the running jail. */
  hostname?: pulumi.Input<string>;
  /**
   * `"thick"`: an own copy of the base, on any file system. `"clone"`: a ZFS clone of the base's snapshot. `"thin"`:
   * the base read-only (nullfs), and only /etc, /home, /root, /tmp, /usr/local and /var its own, on any file system.
   * `"image"`: a file system of its own in one file, a clone or copy of the base's image, see `image`. Default
   * `"thick"`. A change converts the jail in place, with a restart, and keeps its data: thin (with a whole `base` in
   * the same change) or clone to thick, thin or thick to clone, and back to a thin tree that was kept (`keepOld`).
   * Refused for jails in images or on devices, of Linux, and while they record. `"empty"`: see `EmptyJailArgs`.
   */
  type?: pulumi.Input<"thick" | "clone" | "thin" | "image">;
  /** The image of a jail of type `"image"`, which needs it. */
  image?: pulumi.Input<JailImageArgs>;
  /**
   * Where a thin jail keeps what it writes. Default: a directory, or dataset, of its own below the host's `root`.
   * Cannot be changed yet.
   */
  readWrite?: pulumi.Input<JailReadWriteArgs>;
  /**
   * Addresses: ranges to take one from, or addresses. The first of a family is the jail's primary one. Default none,
   * and no network then. Changed in the running jail; the first or last of a family needs a restart.
   */
  addresses?: (IpRange | pulumi.Input<string> | JailAddressArgs)[];
  /**
   * Any jail(8) parameter by its name, e.g. `"allow.raw_sockets": true`, `"children.max": 2`, also one that only the
   * host's kernel knows (a module's): another is refused before anything is changed. Defaults: `mount.devfs`,
   * `devfs_ruleset` 4 (5 with vnet), `enforce_statfs` 2, `allow.set_hostname` off, `exec.clean`, `exec.start`
   * `/bin/sh /etc/rc`, `exec.stop` `/bin/sh /etc/rc.shutdown`; of a Linux jail `persist`, `enforce_statfs` 1,
   * and nothing to start or stop. The preview says whether a change is live or needs a restart, and warns of what opens
   * the jail. `exec.prepare`, `exec.prestart`, `exec.created`, `exec.poststart`, `exec.prestop`, `exec.poststop` and
   * `exec.release` run as root on the host. `depend` names jails that have to run when this one is started, and that the
   * host starts before it: `depend: [db.name]`.
   */
  parameters?: pulumi.Input<Record<string, JailParameter>>;
  /**
   * Mounts, in order. One that is declared no more is unmounted in the running jail; busy is an error, and nothing else
   * changes then. A new one is mounted in the running jail where nothing leads to its target that the jail can write: in
   * the template of a thin jail without `allow.mount`, e.g. on /mnt. Everything else restarts the jail, the preview says
   * which. Default none.
   */
  mounts?: pulumi.Input<pulumi.Input<JailMountArgs>[]>;
  /**
   * Files inside by absolute path, from a text (`content`) or an asset (`source`), which may have any bytes. Written in
   * the running jail; what is declared no more is removed. A thin jail has them in /etc, /home, /root, /tmp, /usr/local
   * and /var.
   */
  files?: JailFilesArgs;
  /**
   * Packages that pkg(8) installs in the running jail, from the jail's own repositories: names, or by name `true` (any
   * version), a version, `"latest"` (the newest that the jail's catalogue has, which each installation brings up to
   * date) or `false` (not there). One that is declared no more is removed, but what others need stays. Those of a
   * stopped jail wait until it runs. Only FreeBSD jails. A change is made live. Default none.
   */
  packages?: pulumi.Input<pulumi.Input<string>[] | Record<string, pulumi.Input<string | boolean>>>;
  /**
   * Services in the running jail by the names of their rc.d scripts; `true` is short for `{ enabled: true }`. They are
   * set after packages and files. One that is declared no more is stopped and disabled, but for those that FreeBSD
   * itself enables (cron, newsyslog, syslogd, virecover). Only FreeBSD jails. A change is made live. Default none.
   */
  services?: pulumi.Input<Record<string, pulumi.Input<boolean | JailServiceArgs>>>;
  /**
   * Users in the running jail by name, set by its pw(8) after packages and before services; `true` is short for `{}`,
   * `false`: not there. One that is declared no more is removed, its home stays; those of the base system (root, www, …)
   * stay. Only FreeBSD jails. A change is made live. Default none.
   */
  users?: JailUsersArgs;
  /**
   * Time zone, e.g. `"Europe/Berlin"`: /etc/localtime is a copy from the running jail's own /usr/share/zoneinfo, and one
   * that is not there is an error. It is set before packages and services; daemons that were started before notice when
   * they are restarted. Only FreeBSD jails. A change is made live. Default: not touched, as when it is left out again.
   */
  timezone?: pulumi.Input<string>;
  /**
   * Repositories of pkg(8) by name: files /usr/local/etc/pkg/repos/<name>.conf (pkg.conf(5)), written as `files` are and
   * before packages are installed. `false` switches one off that the base has, such as `FreeBSD`. One that is declared no
   * more is removed. Only FreeBSD jails. A change is made live, and installs nothing anew. Default none.
   */
  repositories?: pulumi.Input<Record<string, pulumi.Input<false | JailRepositoryArgs>>>;
  /**
   * Commands by name, run as root in the running jail, last of all and in the order of their names. Each runs once, and
   * again when it or its triggers change; the host remembers what ran, with the jail. A failure is an error with the end
   * of what it said, and the next `pulumi up` runs it again; so does a run that died, so that a command must bear being
   * run twice. What it starts must not keep its output open. One that is left out runs nothing. Those of a stopped jail
   * wait. A change is made live. Default none.
   */
  commands?: JailCommandsArgs;
  /**
   * Jail packages whose files are put into the jail, each over those before it; a text is a path on the host. At most 12.
   * They must have been made on the base's release and patch level. A change restarts the jail; what a package brought
   * is taken away again with it, but for files that were changed in the jail since. Default none.
   */
  layers?: (JailPackage | pulumi.Input<string> | JailLayerArgs)[];
  /** What one layer may hold. */
  layerLimits?: pulumi.Input<JailLayerLimitsArgs>;
  /**
   * Limits by the resources of rctl(8), e.g. `{ memoryuse: "512m", pcpu: 50, maxproc: { deny: 200, log: 150 } }`. An
   * amount alone is denied beyond that; of `readbps`, `writebps`, `readiops` and `writeiops` it is throttled; `cputime`
   * and `wallclock` need an action. These are then all rules of the jail: others are removed. Default: rules of others
   * are not touched. Needs `kern.racct.enable=1` in the host's loader.conf. Changed in the running jail.
   */
  limits?: pulumi.Input<Record<string, JailLimit>>;
  /** Processors that the jail may run on, e.g. `"0-3,6"` (cpuset(1)). Default all. Changed in the running jail. */
  cpuset?: pulumi.Input<string>;
  /**
   * How much the jail's dataset may hold, e.g. `"10g"`: its refquota (zfsprops(7)), which counts the files of a clone's
   * base, and no snapshots. Only on ZFS, and not for images and devices. Default: not touched; `"none"`: no quota, as
   * when it is taken out of the program. Changed in the running jail.
   */
  quota?: pulumi.Input<string>;
  /**
   * Whether what changes in a jail of type `"thick"` on UFS is collected in the directory `recorded`, by a unionfs over
   * its root (mount_unionfs(8), which FreeBSD calls not fully supported: for a jail in which something is installed, not
   * for one with data). With `false` it is put into the jail's root. Elsewhere nothing is collected; a JailPackage is the
   * same with and without. A change restarts the jail. Default `false`.
   */
  record?: pulumi.Input<boolean>;
  /**
   * `"host"`: a copy of the host's resolv.conf, taken when the jail is made or this is set; `"none"`: not touched; or
   * its content, which is kept so. A change is made live. Default `"host"`.
   */
  resolver?: pulumi.Input<"host" | "none" | JailResolverArgs>;
  /**
   * /etc/hosts of the jail. `"own"`: localhost, and the jail's host name with its addresses; a record: also these names
   * with their addresses, e.g. `{ "db.example.org": db.address }`. It is written anew when they change, and what was
   * written there by hand is lost. `"none"`: the base's, not touched. A change is made live. Default `"none"`.
   */
  hosts?: pulumi.Input<"none" | "own" | Record<string, pulumi.Input<JailHostAddresses>>>;
  /**
   * Whether what the jail has is packed into an archive on its host before it is deleted: `true` for a file in
   * `<root>/archives`, or `{ directory }`. The jail is stopped; all of its tree, its image and what it recorded becomes
   * `<name>-<date>.tar.xz`, for root only, with `<name>-<date>.tar.xz.sha256` beside it; only when both are on the disk
   * anything is removed. A full disk, or whatever else is in the way, is an error, and the jail runs again. Kept trees
   * of former bases are not in it. A deletion goes by the state: set this by a `pulumi up` before the `pulumi destroy`,
   * or before the resource is taken out of the program. Not for a jail with a device of its own or one that is adopted
   * where it is, both of which keep their files. A change has no effect on what runs. Default `false`.
   */
  archiveOnDelete?: pulumi.Input<boolean | JailArchiveArgs>;
  /**
   * Whether a deletion kills what does not end: a jail whose exec.prestop or exec.stop fails, or takes longer than two
   * minutes and `stop.timeout`, is removed without them (exec.poststop is not run either, jail(8) `-R`); other jails that
   * run in its root are stopped; snapshots that others made of its dataset are destroyed. What others mounted in its
   * root, clones of its snapshots and datasets below its own remain an error. As `archiveOnDelete` it has to be in the
   * state. A change has no effect on what runs. Default `false`.
   */
  forceDelete?: pulumi.Input<boolean>;
  /** Whether the host starts the jail at boot (jail_list in rc.conf). Default `true`. */
  autostart?: pulumi.Input<boolean>;
  /** Whether it runs now. A stopped jail keeps everything. Default `true`. */
  running?: pulumi.Input<boolean>;
  /**
   * Take over a jail of this name that nothing of ours made, with its data; its root is below the host's root, as that
   * of every other. One that is elsewhere: see `AdoptedJailArgs`. Default `false`: that is an error.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Patch level of the jail's own tree. `"latest"`, or `"p<N>"` where any other is refused: the base is patched in a
   * copy beside, the BaseRelease `<name>-patched`, and the jail moves to it as to another base, with what its owner
   * changed and a way back. A change restarts the jail. Not for thin jails, whose base is patched by its own `patch`.
   * Default `"none"`.
   */
  patch?: "none" | "latest" | `p${number}`;
  /** Any texts, such as a date: with other ones `patch: "latest"` looks for newer patches. Default none. */
  patchTriggers?: pulumi.Input<pulumi.Input<string>[]>;
  /** How it is known that the jail works on another base. Default: that it starts. */
  healthCheck?: pulumi.Input<JailHealthCheckArgs>;
  /**
   * How many trees of former bases are kept when the base changes, each under its date beside the jail. Going back to
   * the base of one of them takes that tree, as it was left. Default 1. Fewer removes the oldest at once.
   */
  keepOld?: pulumi.Input<number>;
  /**
   * How many jails of the host are upgraded at a time, from the copy of their last changes to the end of the health
   * check; give all jails of a host the same. Default 1.
   */
  upgradeParallelism?: pulumi.Input<number>;
}

export interface JailArchiveArgs {
  /** Directory on the host, made if need be, and not among the jails, e.g. `"/backup/jails"`. */
  directory: pulumi.Input<string>;
}

export interface JailAdoptArgs {
  /**
   * Root of the jail on the host, e.g. `"/usr/local/bastille/jails/web/root"`, without links in it: any directory, or a
   * dataset's mountpoint. Cannot be changed.
   */
  path: pulumi.Input<string>;
}

/** What only a jail has whose tree is made from a base. */
export type OfBase =
  | "base"
  | "type"
  | "image"
  | "readWrite"
  | "layers"
  | "layerLimits"
  | "record"
  | "patch"
  | "patchTriggers"
  | "keepOld"
  | "upgradeParallelism";

/** What a jail of another tool has no use for, as its tree was not made here. */
type OfOwnTree = OfBase | "healthCheck" | "quota" | "archiveOnDelete";

/**
 * A jail that Bastille, iocage, ezjail, qjail or an administrator made, which stays where it is.
 * `npx pulumi-freebsd import` prints these for a host.
 */
export interface AdoptedJailArgs extends Omit<JailArgs, OfOwnTree | "adopt"> {
  /**
   * Where its root is. The tree is not touched, and deleting the jail stops it and leaves the tree. The jail is
   * restarted only for what differs and cannot be changed while it runs.
   */
  adopt: pulumi.Input<JailAdoptArgs>;
}
