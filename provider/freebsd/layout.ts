/** Where things lie on a host: the handbook's layout below `root`, and the state of this package beside it. */

export interface Storage {
  /** The directory that holds everything, e.g. "/usr/local/jails". */
  readonly root: string;
  /** The ZFS dataset that is mounted there, when jails live on ZFS. */
  readonly dataset?: string | undefined;
}

export const confDirectory = "/etc/jail.conf.d";
export const rcConfLock = "/var/run/pulumi-freebsd/rc.conf";

export const mediaDirectory = (s: Storage): string => `${s.root}/media`;
export const templatesDirectory = (s: Storage): string => `${s.root}/templates`;
export const containersDirectory = (s: Storage): string => `${s.root}/containers`;
/** Marks, leases and users: symbolic links, so that they are atomic on every file system. */
export const stateDirectory = (s: Storage): string => `${s.root}/.pulumi-freebsd`;
export const marksDirectory = (s: Storage): string => `${stateDirectory(s)}/marks`;
/** Disk images that are no jail's. */
export const imagesDirectory = (s: Storage): string => `${s.root}/images`;
/** Jail packages that are not published elsewhere. */
export const packagesDirectory = (s: Storage): string => `${s.root}/packages`;
export const leasesDirectory = (s: Storage): string => `${stateDirectory(s)}/leases`;
export const usersDirectory = (s: Storage, template: string): string =>
  `${stateDirectory(s)}/users.${template}`;

export const confFile = (jail: string): string => `${confDirectory}/${jail}.conf`;
export const fstabFile = (s: Storage, jail: string): string =>
  `${containersDirectory(s)}/${jail}.fstab`;
export const consoleLog = (jail: string): string => `/var/log/jail_console_${jail}.log`;

/** A directory or dataset under one of the layout's directories, and the names it has on its way in and out. */
export interface Place {
  readonly path: string;
  readonly dataset?: string | undefined;
  /** Half-built: nothing half-made ever has the final name. */
  readonly partial: string;
  readonly partialDataset?: string | undefined;
  /** On its way out: what is half-deleted does not have the final name either. */
  readonly deleted: string;
}

/** A jail's root that another tool made: nothing is ever built or removed there, and its dataset is not ours. */
export const foreignPlace = (s: Storage, name: string, path: string): Place => ({
  ...place({ root: s.root }, "containers", name),
  path,
});

export function place(s: Storage, kind: "templates" | "containers", name: string): Place {
  const directory = `${s.root}/${kind}`;
  const dataset = s.dataset === undefined ? undefined : `${s.dataset}/${kind}/${name}`;
  return {
    path: `${directory}/${name}`,
    dataset,
    // No jail's and no template's name ends so: jail names have no dot.
    partial: `${directory}/${name}.partial`,
    partialDataset: dataset && `${dataset}.partial`,
    deleted: `${directory}/${name}.deleted`,
  };
}
