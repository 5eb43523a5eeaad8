/** service(8) and sysrc(8) in a running jail: both read files of the jail as programs, so they run nowhere else. */
import { act, type Command, type CommandResult, look } from "./command.js";
import { askingFunction, changingFunction, parseAnswer } from "./inside-run.js";

export interface ServiceState {
  readonly enabled: boolean;
  readonly running: boolean;
}

export interface InsideServices {
  readonly services: ReadonlyMap<string, ServiceState>;
  /** Values of those that were asked for, defaults too. */
  readonly variables: ReadonlyMap<string, string>;
  /** Names of all that rc.conf(5) of the jail sets to something else than FreeBSD's defaults. */
  readonly changed: ReadonlySet<string>;
  /** Why nothing is known. */
  readonly fault?: string;
}

export const serviceName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
export const rcVariable = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Within double quotes of sh nothing of this means anything but itself. */
export const rcValue = /^[ !#%-[\]^_a-~]{0,1000}$/;

/** Asks for the state of services, the values of variables of rc.conf(5), and with `changed` for all names there. */
export const readServices = (
  jail: string,
  services: readonly string[],
  variables: readonly string[],
  changed: boolean,
): Command =>
  look([readFunction.name, jail, changed ? "yes" : "no", ...services, "--", ...variables], {
    shellFunction: readFunction,
    detached: true,
    unguarded: true,
    title: `ask for the services in jail ${jail}`,
  });

const readFunction = askingFunction(
  "read_services",
  `c=$1; shift
  while [ "$1" != -- ]; do
    e=no r=no
    ! service "$1" enabled >/dev/null || e=yes
    ! service "$1" onestatus >/dev/null || r=yes
    echo "service $1 $e $r"; shift
  done
  shift
  [ $# = 0 ] || sysrc -i "$@"
  [ "$c" = no ] || { echo changed; sysrc -a -N; }; :`,
);

/** A hostile jail may print anything: only lines of the right form count, the last of several for one thing. */
export function parseServices(result: CommandResult): InsideServices | undefined {
  const answer = parseAnswer(result);
  if (answer === "stopped") return undefined;
  const services = new Map<string, ServiceState>();
  const variables = new Map<string, string>();
  if ("fault" in answer) {
    return { services, variables, changed: new Set(), fault: answer.fault };
  }
  const end = answer.lastIndexOf("changed");
  for (const line of answer.slice(0, end < 0 ? undefined : end)) {
    const state = /^service (\S+) (yes|no) (yes|no)$/.exec(line);
    if (state !== null) {
      const [, name = "", enabled, running] = state;
      services.set(name, { enabled: enabled === "yes", running: running === "yes" });
      continue;
    }
    const [, name, value = ""] = /^([A-Za-z_]\w{0,63}): (.*)$/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, value);
  }
  const last = end < 0 ? [] : answer.slice(end + 1);
  const changed = new Set(last.filter((line) => rcVariable.test(line)));
  return { services, variables, changed };
}

export interface ServiceOrder {
  readonly name: string;
  readonly enabled: boolean;
  /** "any": as it is. */
  readonly running: boolean | "any";
  /** Variables to set; undefined: to take out of rc.conf. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Seconds that a service may take to start or to stop. */
const patience = 300;

/** Sets what differs; a service that runs is restarted when a variable of it changed. */
export function putService(jail: string, order: ServiceOrder): Command {
  const { name, enabled, running, variables } = order;
  const words = Object.entries(variables).map(([variable, value]) =>
    value === undefined ? `-${variable}` : `${variable}=${value}`,
  );
  const said = (value: boolean | "any") => (value === "any" ? "any" : value ? "yes" : "no");
  const argv = [String(patience), name, said(enabled), said(running), ...words];
  return act([putFunction.name, jail, ...argv], {
    shellFunction: putFunction,
    detached: true,
    deadline: patience + 60,
    title: `set service ${name} in jail ${jail}`,
  });
}

// Daemons keep the output of the script that started them, and a file for it would be left behind by a crash: nothing
// is shown, and what failed is run again, briefly, for what it says. A service is stopped before its variables change: a
// crash after that is seen. One that has just started may not have written down its number yet.
const putFunction = changingFunction(
  "put_service",
  `n=$1 e=$2 r=$3 c=; shift 3
  run() { service "$n" "$1" </dev/null >/dev/null 2>&1; }
  fail() { timeout -k 1 20 "$@" </dev/null 2>&1 | tail -c 4000; exit 1; }
  for v; do
    case $v in -*) c=1;; *) sysrc -c "$v" >/dev/null 2>&1 || c=1;; esac
  done
  if [ "$r$c" = yes1 ] && run onestatus; then run onestop || fail service "$n" onestop; fi
  for v; do
    case $v in
    -*) v=\${v#-}; ! sysrc -c "$v" >/dev/null 2>&1 || sysrc -x "$v" >/dev/null 2>&1 || fail sysrc -x "$v";;
    *) sysrc "$v" >/dev/null 2>&1 || fail sysrc "$v";;
    esac
  done
  case $e in
  yes) run enabled || run enable || fail service "$n" enable;;
  no) ! run enabled || run disable || fail service "$n" disable;;
  esac
  case $r in
  yes)
    run onestatus || run onestart || run onestatus || fail service "$n" onestart
    i=0
    until run onestatus; do
      i=$((i + 1))
      if [ "$i" -ge 10 ]; then
        echo "$n was started and does not run; if it starts nothing that stays, declare running: any"
        fail service "$n" onestatus
      fi
      sleep 1
    done;;
  no) ! run onestatus || run onestop || fail service "$n" onestop;;
  esac`,
);
