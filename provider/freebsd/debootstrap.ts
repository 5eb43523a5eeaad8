/** debootstrap(8), a port: installs Debian and Ubuntu into a directory. */
import { runBriefly } from "./briefly.js";
import { type Command, look, shellFunction } from "./command.js";

export interface Bootstrap {
  readonly suite: string;
  readonly mirror: string;
  readonly keyring: string;
  /** As Debian names it: "amd64". */
  readonly architecture: string;
  /** Beyond the distribution's base. */
  readonly packages: readonly string[];
}

/** What Debian calls the host's architecture; undefined when Linux programs of none run there. */
export const debianArchitecture = (machineArch: string): string | undefined =>
  ({ amd64: "amd64", aarch64: "arm64" })[machineArch];

/** Prints a word for each thing that is not there: "debootstrap", "keyring". */
export const checkDebootstrap = (keyring: string): Command =>
  look(["check_debootstrap", keyring], {
    shellFunction: checkDebootstrapFunction,
    unguarded: true,
  });

const checkDebootstrapFunction = shellFunction(
  "check_debootstrap",
  `command -v debootstrap >/dev/null || echo debootstrap
  [ -f "$1" ] || echo keyring`,
);

/**
 * Installs a distribution's base. Without --force-check-gpg debootstrap goes on with a warning when it has no keyring
 * that it could check signatures with.
 */
export function bootstrap(tree: string, { packages, ...rest }: Bootstrap): Command {
  const options = [
    "--force-check-gpg",
    `--keyring=${rest.keyring}`,
    `--arch=${rest.architecture}`,
    ...(packages.length === 0 ? [] : [`--include=${packages.join(",")}`]),
  ];
  return runBriefly(["debootstrap", ...options, rest.suite, tree, rest.mirror], {
    deadline: 2 * 3600,
    title: `install ${rest.suite} by debootstrap(8)`,
  });
}
