/** What is asked of a host about the template of a Linux system, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import { checkDebootstrap } from "../freebsd/debootstrap.js";
import { checkLinux, type OsRelease, parseOsRelease, readOsRelease } from "../freebsd/linux.js";
import { keyringOf, type LinuxTarget, templateOf } from "./linux-base-inputs.js";
import type { Results } from "./resource.js";
import { templatePlace } from "./template.js";
import { observeTemplate, parseTemplate, type TemplateObserved } from "./template-observe.js";

export interface LinuxObserved extends TemplateObserved {
  /** What the tree says of itself. */
  readonly osRelease: OsRelease | undefined;
  /** What debootstrap lacks on the host; only known in a change. */
  readonly missing?: readonly string[];
  /** Whether the kernel runs Linux programs; only known in a change. */
  readonly linux?: boolean;
}

export const observeLinuxBase = (t: LinuxTarget): Record<string, Command> => ({
  ...observeTemplate(templateOf(t)),
  osRelease: readOsRelease(templatePlace(templateOf(t)).path),
});

/** What only debootstrap needs to know: an archive is unpacked wherever it is. */
export function prepareLinuxBase({ inputs }: LinuxTarget): Record<string, Command> {
  if (inputs.debootstrap === undefined) return {};
  return { missing: checkDebootstrap(keyringOf(inputs)), linux: checkLinux() };
}

export function parseLinuxBase(t: LinuxTarget, results: Results): LinuxObserved {
  const { osRelease, missing, linux } = results;
  return {
    ...parseTemplate(templateOf(t), results),
    osRelease: parseOsRelease(osRelease!),
    ...(missing && { missing: missing.stdout.split("\n").filter((word) => word !== "") }),
    ...(linux && { linux: linux.status === 0 }),
  };
}
