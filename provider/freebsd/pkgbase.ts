/**
 * The base system as packages (FreeBSD 15 and later), put into an empty tree by the host's pkg(8) as bsdinstall(8)
 * does it. Signatures are always checked, against the keys that the host's own base system has.
 */
import { runBriefly } from "./briefly.js";
import { act, type Command, look, shellFunction } from "./command.js";
import { putFile } from "./files.js";
import { releaseDate } from "./sysctl.js";

/** Whether pkg(8) is there; -N never installs it. */
export const checkPkg = (): Command => look(["pkg", "-N"], { unguarded: true });

const majorOf = (release: string): number => Number.parseInt(release, 10);
const keysOf = (release: string): string => `/usr/share/keys/pkgbase-${majorOf(release)}`;

/** The project's repository of a release: of a branch's development there is only the latest state. */
function officialRepository(release: string): string {
  const minor = release.split(/[.-]/)[1];
  const branch = /-(STABLE|CURRENT)$/.test(release) ? "base_latest" : `base_release_${minor}`;
  return `pkg+https://pkg.FreeBSD.org/\${ABI}/${branch}`;
}

/** pkg.conf(5) of the repository. A repository of one's own must hold packages that the project signed. */
export function renderRepository(release: string, repository?: string): string {
  const url = repository ?? officialRepository(release);
  return [
    "FreeBSD-base: {",
    `  url: "${url}",`,
    `  mirror_type: "${repository === undefined ? "srv" : "none"}",`,
    '  signature_type: "fingerprints",',
    `  fingerprints: "${keysOf(release)}",`,
    "  enabled: yes",
    "}\n",
  ].join("\n");
}

/** Writes WORK/repos, and puts the keys where pkg(8) looks for them: below the tree that it installs to. */
export function prepareRepository(
  tree: string,
  work: string,
  release: string,
  repository?: string,
): Command[] {
  return [
    act(["copy_keys", keysOf(release), `${tree}/usr/share/keys`], { shellFunction: copyKeys }),
    act(["mkdir", `${work}/repos`]),
    putFile(`${work}/repos/FreeBSD-base.conf`, renderRepository(release, repository)),
  ];
}

const copyKeys = shellFunction(
  "copy_keys",
  `[ -d "$1/trusted" ] || { echo "the host has no $1: without these keys nothing is installed. They come with a host of that release or a newer one" >&2; return 1; }
  mkdir -p "$2" && cp -R "$1" "$2/"`,
);

/** Installs packages of the base system into a tree, for the asked release whatever the host runs. */
export function installBase(
  tree: string,
  work: string,
  { release, arch, packages }: { release: string; arch: string; packages: readonly string[] },
): Command {
  const options = [
    `ABI=FreeBSD:${majorOf(release)}:${arch}`,
    `OSVERSION=${releaseDate(release)}`,
    "IGNORE_OSVERSION=yes",
  ].flatMap((option) => ["-o", option]);
  const install = ["install", "-y", "-r", "FreeBSD-base", ...packages];
  return runBriefly(["pkg", "-r", tree, "-R", `${work}/repos`, ...options, ...install], {
    deadline: 7200,
    title: `install ${packages.join(", ")} by pkg(8)`,
  });
}
