/** What keeps a template from being built, told before anything is touched. */
import { releaseDate } from "../freebsd/sysctl.js";
import { type BaseTarget, templateOf } from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { Refused } from "./resource.js";
import { refuseForeign } from "./template-build.js";

export function refuseBuild(t: BaseTarget, observed: BaseObserved): void {
  refuseNewer(t, observed);
  refuseForeign(templateOf(t), observed);
  refuseWithoutPkg(observed);
  refuseDirectory(t, observed);
}

function refuseNewer(t: BaseTarget, { facts }: BaseObserved): void {
  if (facts === undefined || releaseDate(t.inputs.release) <= facts.osreldate) return;
  const kernel = `${Math.floor(facts.osreldate / 100_000)}.${Math.floor(facts.osreldate / 1000) % 100}`;
  throw new Refused(
    `release ${t.inputs.release} is newer than the host's kernel (${kernel}, kern.osreldate ${facts.osreldate}): ` +
      "a jail's userland must not be newer than the kernel. Upgrade the host first, or take an older release.",
  );
}

function refuseWithoutPkg({ pkgFault = "" }: BaseObserved): void {
  if (pkgFault === "") return;
  throw new Refused(
    `pkgbase needs pkg(8) on the host, which says: ${pkgFault}. Install it there first: pkg bootstrap -y`,
  );
}

function refuseDirectory({ inputs, storage }: BaseTarget, { copied }: BaseObserved): void {
  const { directory, release } = inputs;
  if (directory === undefined || copied === undefined) return;
  if (`${storage.root}/`.startsWith(`${directory}/`.replace("//", "/"))) {
    throw new Refused(
      `directory ${directory} holds ${storage.root} itself: it cannot be copied there.`,
    );
  }
  if (copied.userland === undefined) {
    throw new Refused(
      `directory ${directory} has no bin/freebsd-version that names a release: it is no FreeBSD userland.`,
    );
  }
  if (copied.userland.release !== release) {
    throw new Refused(
      `directory ${directory} is ${copied.userland.release}, not the declared release ${release}.`,
    );
  }
  if (copied.mounts.length > 0) {
    const points = copied.mounts.map(({ on }) => on).join(", ");
    throw new Refused(
      `directory ${directory} has mounts in it, which would be copied, too: ${points}. Unmount them first.`,
    );
  }
}
