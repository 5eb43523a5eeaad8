/** Whether the host starts a jail at boot: pure. */
import type { Command } from "../freebsd/command.js";
import { replaceLink } from "../freebsd/files.js";
import { addToJailList, enableJails, removeFromJailList } from "../freebsd/sysrc.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, rcLink } from "./jail-place.js";

/**
 * Boot goes through jail_list on every release. A list that was empty meant "all of /etc/jail.conf": those names
 * are added first, or they would not start any more (transcript 22).
 */
export function planBoot(
  t: JailTarget,
  { boot, configured, rcRemembered }: JailObserved,
): Command[] {
  const { name, autostart } = t.inputs;
  const listed = boot.list.includes(name);
  if (!autostart) return listed ? [removeFromJailList(name)] : [];
  if (listed && boot.enabled) return [];
  const made = [
    ...(boot.enabled ? [] : ["jail_enable"]),
    ...(boot.list.length > 0 ? [] : ["jail_list"]),
  ];
  const others = boot.list.length > 0 ? [] : configured.filter((other) => other !== name);
  return [
    ...(rcRemembered ? [] : [replaceLink(`made:${made.join(",")}`, rcLink(t))]),
    ...(listed ? [] : [addToJailList([...others, name])]),
    ...(boot.enabled ? [] : [enableJails]),
  ];
}
