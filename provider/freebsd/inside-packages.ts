/**
 * pkg(8) in a running jail, by the jail's own program and repositories: nothing of the host's own pkg, which may be
 * none, takes part. Where the base's pkg(7) is all there is, nothing is installed, and it fetches pkg(8) first.
 */
import { act, type Command, type CommandResult, look } from "./command.js";
import { askingFunction, changingFunction, parseAnswer } from "./inside-run.js";

/** Versions of what is installed by name; undefined while the jail does not run. */
export interface InsidePackages {
  readonly installed: ReadonlyMap<string, string>;
  /** Those of them that only came because others need them. */
  readonly automatic: ReadonlySet<string>;
  /** Newest versions in the catalogues that the jail has fetched, of the names that were asked for. */
  readonly offered: ReadonlyMap<string, readonly string[]>;
  /** Why nothing is known. */
  readonly fault?: string;
}

/** What a name may be: no pattern, no path and no option, also for a shell. */
export const packageName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;
export const packageVersion = /^[A-Za-z0-9][A-Za-z0-9._,+]{0,59}$/;

/** Asks for all that is installed, and what the fetched catalogues offer of `latest`; fetches nothing. */
export const readPackages = (jail: string, latest: readonly string[]): Command =>
  look([readFunction.name, jail, ...latest], {
    shellFunction: readFunction,
    detached: true,
    unguarded: true,
    title: `ask for the packages in jail ${jail}`,
  });

// rquery fails where no catalogue was fetched yet; -U fetches none.
const readFunction = askingFunction(
  "read_packages",
  `pkg -N >/dev/null 2>&1 || exit 0
  pkg query "have %n %v %a" || exit
  [ $# = 0 ] || pkg rquery -U "offer %n %v" "$@" || :`,
);

/** A hostile jail may print anything: only what has the form of a name and a version is taken. */
export function parsePackages(result: CommandResult): InsidePackages | undefined {
  const answer = parseAnswer(result);
  if (answer === "stopped") return undefined;
  const installed = new Map<string, string>();
  const automatic = new Set<string>();
  const offered = new Map<string, string[]>();
  if ("fault" in answer) return { installed, automatic, offered, fault: answer.fault };
  for (const line of answer) {
    const [kind, name = "", version = "", flag] = line.split(" ");
    if (!packageName.test(name) || !packageVersion.test(version)) continue;
    if (kind === "have") {
      installed.set(name, version);
      if (flag === "1") automatic.add(name);
    }
    if (kind === "offer") offered.set(name, [...(offered.get(name) ?? []), version]);
  }
  return { installed, automatic, offered };
}

/** Seconds for a change, which fetches. */
const patience = 3000;

/** Installs what is missing of `names` (each a name, or one with its version), and the newest of `latest`. */
export function installPackages(
  jail: string,
  names: readonly string[],
  latest: readonly string[] = [],
): Command {
  const words = [...names, ...latest.map((name) => `!${name}`)];
  return change(installFunction, jail, words, `install ${[...names, ...latest].join(", ")}`);
}

// What is there already is left as it is: "pkg install" would bring it to the newest version. What only came with
// others stays marked so, although it is named (pkg-install(8)): pkg-autoremove(8) would take it.
const installFunction = changingFunction(
  "install_packages",
  `m= o=
  for w; do
    p=\${w#!}
    [ "$p" = "$w" ] && pkg info -e "$p" >/dev/null 2>&1 || m="$m $p"
  done
  if [ -n "$m" ]; then
    o=$({ env ASSUME_ALWAYS_YES=yes pkg install -y $m 2>&1; echo "pkg: status $?"; } | tail -c 4000)
    case $o in *"status 0") ;; *) echo "$o"; exit 1;; esac
  fi
  for w; do
    p=\${w#!}
    a=$(pkg query %a "$p") || { echo "$o"; echo "$p is not installed: do the repositories of the jail offer it?"; exit 1; }
    [ "$a" = 0 ] || pkg set -y -A 0 "$p" || exit
  done`,
);

/** Removes packages. One that others need is not removed: pkg(8) would take those away with it. */
export const removePackages = (jail: string, names: readonly string[]): Command =>
  change(removeFunction, jail, names, `remove ${names.join(", ")}`);

const removeFunction = changingFunction(
  "remove_packages",
  `m=
  for p; do
    pkg info -e "$p" >/dev/null 2>&1 || continue
    n=$(pkg query %rn "$p") || exit
    for r in $n; do
      case " $* " in *" $r "*) ;; *)
        echo "$p is needed by" $n: declare these absent, too, or leave it out; exit 1;; esac
    done
    m="$m $p"
  done
  [ -z "$m" ] || pkg delete -y $m`,
);

/** Gives packages up: removes them, but what others need stays, as a package that came with them. */
export const leavePackages = (jail: string, names: readonly string[]): Command =>
  change(leaveFunction, jail, names, `give up ${names.join(", ")}`);

const leaveFunction = changingFunction(
  "leave_packages",
  `for p; do
    pkg info -e "$p" >/dev/null 2>&1 || continue
    n=$(pkg query %rn "$p") || exit
    if [ -n "$n" ]; then pkg set -y -A 1 "$p" || exit; else pkg delete -y "$p" || exit; fi
  done`,
);

function change(
  shell: ReturnType<typeof changingFunction>,
  jail: string,
  words: readonly string[],
  title: string,
): Command {
  return act([shell.name, jail, String(patience), ...words], {
    shellFunction: shell,
    detached: true,
    deadline: patience + 60,
    title: `${title} in jail ${jail}`,
  });
}
