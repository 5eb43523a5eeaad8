/** Part of the kernel itself: they can be asked for, but not loaded or unloaded. */
export const BUILT_IN_MODULES: readonly string[] = [
  ...["devfs", "ufs", "procfs", "pseudofs", "tmpfs", "if_lo", "if_tuntap", "ether", "virtio_pci"],
];

/** What zfs_enable and kld_list of a host that is set up for jails load at boot. */
const LOADED_AT_BOOT = [
  ...["nullfs", "unionfs", "fdescfs", "if_bridge", "bridgestp", "if_epair", "zfs", "zfsctrl"],
];

/** The modules of a machine that has just booted. */
export function bootModules(): string[] {
  return [...BUILT_IN_MODULES, ...LOADED_AT_BOOT];
}
