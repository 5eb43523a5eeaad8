/** What jail(8) runs on the host before it mounts a thin jail's device, and after it unmounted it. */
import { preen } from "../freebsd/device.js";
import type { Storage } from "../freebsd/layout.js";
import { attachText, detachText } from "../freebsd/memory-disk.js";
import type { JailInputs } from "./jail-inputs.js";
import { deviceOf, imageOf } from "./thin.js";

export interface DeviceHooks {
  readonly prepare: readonly string[];
  readonly release: readonly string[];
}

/** rc.d/mdconfig and rc.d/fsck only know the disks of the host's own rc.conf and fstab. */
export function deviceHooks(inputs: JailInputs, storage: Storage): DeviceHooks {
  const device = deviceOf(inputs);
  if (device === undefined) return { prepare: [], release: [] };
  const image = imageOf(inputs, storage);
  const check = preen(device).join(" ");
  if (image === undefined) return { prepare: [check], release: [] };
  return { prepare: [attachText(image), check], release: [detachText(image)] };
}
