/** Tools for jails, mounts, interfaces, services and limits. */
import type { Program } from "../../contract.js";
import { cpuset } from "./cpuset.js";
import { daemon } from "./daemon.js";
import { devfs } from "./devfs.js";
import { ifconfig } from "./ifconfig.js";
import { jail } from "./jail.js";
import { jexec } from "./jexec.js";
import { jls } from "./jls.js";
import { mount } from "./mount.js";
import { mountHelper } from "./mount-helper.js";
import { arp, ndp } from "./network/neighbours.js";
import { ping } from "./network/ping.js";
import { rctl } from "./rctl.js";
import { service } from "./service.js";
import { umount } from "./umount.js";

export const jailPrograms: Record<string, Program> = {
  arp,
  cpuset,
  cron: daemon("cron"),
  devfs,
  ifconfig,
  jail,
  jexec,
  jls,
  mount,
  mount_fdescfs: mountHelper("fdescfs"),
  mount_linprocfs: mountHelper("linprocfs"),
  mount_linsysfs: mountHelper("linsysfs"),
  mount_nullfs: mountHelper("nullfs"),
  mount_procfs: mountHelper("procfs"),
  mount_tmpfs: mountHelper("tmpfs"),
  mount_unionfs: mountHelper("unionfs"),
  ndp,
  ping,
  rctl,
  service,
  sshd: daemon("sshd"),
  syslogd: daemon("syslogd"),
  umount,
};
