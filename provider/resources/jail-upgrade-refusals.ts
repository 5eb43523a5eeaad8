/** Upgrades that are refused, with what to do instead. */
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { refuseWhileRecording } from "./jail-record.js";
import { refuseForeignMounts } from "./jail-refusals.js";
import { templatePath } from "./jail-upgrade-place.js";
import { baseChangeFault } from "./linux-jail.js";
import { Refused } from "./resource.js";
import { deviceOf } from "./thin.js";

export function refuseUpgrade(t: JailTarget, observed: JailObserved, current: string): void {
  refuseForeignMounts(observed);
  refuseWhileRecording(observed, "an upgrade");
  const former = { ...(t.former ?? t.inputs).base, templateName: current };
  const fault = baseChangeFault(former, t.inputs.base);
  if (fault !== undefined) throw new Refused(`${fault}`);
  if (deviceOf(t.inputs) !== undefined) {
    throw new Refused(
      "upgrading a jail that is an image, or whose read-write part is a device, is not supported: there is no place " +
        "beside it to go back to. Declare another jail on the new base and move the data there.",
    );
  }
  if (!observed.upgrade.oldTemplate) {
    throw new Refused(
      `the base ${templatePath(t, current)} that the jail was made from is not on the host any more: without it, what ` +
        "the owner changed cannot be told. Declare a BaseRelease of that release again, and upgrade then.",
    );
  }
}
