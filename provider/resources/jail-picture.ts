/** What is known of a jail from its host. */
import type { DeviceState } from "../freebsd/device.js";
import type { Interfaces } from "../freebsd/ifconfig.js";
import type { FileState } from "../freebsd/inside.js";
import type { RunningJail } from "../freebsd/jls.js";
import type { LeaseAnswer } from "../freebsd/lease.js";
import type { MountEntry } from "../freebsd/mount.js";
import type { HostFacts } from "../freebsd/sysctl.js";
import type { BootSettings } from "../freebsd/sysrc.js";
import type { Dataset } from "../freebsd/zfs.js";
import type { JailAddress, Slot } from "./jail-addresses.js";
import type { ImageObserved } from "./jail-image.js";
import type { LayersObserved } from "./jail-layers-picture.js";
import type { LimitsObserved } from "./jail-limits.js";
import type { MoveObserved } from "./jail-move-picture.js";
import type { RecordObserved } from "./jail-record.js";
import type { RenameJournal } from "./jail-rename-picture.js";
import type { SoftwareObserved } from "./jail-software.js";
import type { UpgradeObserved } from "./jail-upgrade-picture.js";
import type { StorageObserved } from "./storage.js";

export interface JailObserved {
  readonly facts: HostFacts | undefined;
  readonly storage: StorageObserved;
  /** Target of the link that claims the name. */
  readonly link: string | undefined;
  /** The mark that the link, the jail's file or its dataset carries, ours or another's. */
  readonly mark: string | undefined;
  readonly running: RunningJail | undefined;
  /** Text of the jail's file. */
  readonly conf: string | undefined;
  readonly fstab: string | undefined;
  /** Which of the root, its half-built and its half-deleted forms exist. */
  readonly root: boolean;
  readonly partial: boolean;
  readonly deleted: boolean;
  /** Whether what the jail is made from, or mounts, is there. */
  readonly template: boolean;
  /** Whether the base has an image to copy; only asked for image jails. */
  readonly baseImage: boolean;
  readonly dataset: Dataset | undefined;
  /** Thin jails: which of the parts of the template and of the jail are there, and of what type. */
  readonly parts: ReadonlyMap<string, string>;
  /** What the device for the read-write part carries; only known in a change. */
  readonly device: DeviceState | undefined;
  /** Digest of the files that were last written while a jail on a device did not run. */
  readonly written: string | undefined;
  /** Memory disks that show the jail's image. */
  readonly disks: readonly string[];
  /** Of a jail that is an image. */
  readonly image?: ImageObserved;
  /** What is mounted below the root by the jail's file and fstab, or looks like it. */
  readonly mounts: readonly MountEntry[];
  /** Datasets, disks and network file systems below the root: not ours to unmount. */
  readonly foreignMounts: readonly MountEntry[];
  readonly interfaces: Interfaces;
  readonly boot: BootSettings;
  readonly rcRemembered: boolean;
  /** Addresses leased to this jail, and the targets of their links. */
  readonly held: ReadonlyMap<string, string>;
  readonly user: string | undefined;
  readonly slots: readonly Slot[];
  /** One for each slot, as far as it is known. */
  readonly addresses: readonly (JailAddress | undefined)[];
  /** Answers of the leases that this change took; empty in a read. */
  readonly leases: readonly (LeaseAnswer | undefined)[];
  readonly files: ReadonlyMap<string, FileState>;
  readonly software: SoftwareObserved;
  /** Digest of the host's resolv.conf, where it is to be copied into a jail that has another. */
  readonly hostResolver: string | undefined;
  /** Snapshots of the jail's dataset; only known in a deletion. */
  readonly snapshots: readonly string[];
  /** Other jails that live in the root; only known in a deletion. */
  readonly tenants: readonly string[];
  /** Names that /etc/jail.conf itself defines; only known in a change. */
  readonly configured: readonly string[];
  /** Marks of all jails of the host by name; only known in a change. */
  readonly neighbours: ReadonlyMap<string, string>;
  /** Whether the kernel runs Linux programs; only known in a change of a Linux jail. */
  readonly linux?: boolean;
  readonly upgrade: UpgradeObserved;
  readonly layers: LayersObserved;
  readonly limits: LimitsObserved;
  /** refquota of its dataset in bytes; only known where it is, or was, declared. */
  readonly quota: bigint | undefined;
  readonly record: RecordObserved;
  readonly move: MoveObserved;
  /** A change of name that has not come to its end. */
  readonly journal: RenameJournal | undefined;
  /** What has the name that the jail had before. */
  readonly former: JailObserved | undefined;
  /** What has the new name with an ending; only known in a change of name. */
  readonly siblings: readonly string[];
  /** __FreeBSD_version of the base, where it has headers; only known in a change. */
  readonly osreldate: string | undefined;
}
