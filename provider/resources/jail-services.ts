/** Services that are declared of a jail: what differs of them in it. */
import type { Command } from "../freebsd/command.js";
import {
  type InsideServices,
  parseServices,
  putService,
  rcValue,
  readServices,
  type ServiceState,
} from "../freebsd/inside-services.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailTarget } from "./jail-place.js";
import type { Services } from "./jail-software-inputs.js";
import { Refused, type Results } from "./resource.js";

type Service = Services[string];

const wantedRunning = ({ enabled, running }: Service): boolean | "any" => running ?? enabled;

/** FreeBSD's /etc/defaults/rc.conf enables these: declared no more, they stay as they are. */
const enabledByDefault = new Set(["cron", "newsyslog", "syslogd", "virecover"]);

/** Names that were declared to be there and are not any more. */
const givenUp = ({ inputs, former }: JailTarget): string[] =>
  Object.entries(former?.services ?? {})
    .filter(([name, { enabled, running, rcvars }]) => {
      const said = enabled || running || Object.keys(rcvars).length > 0;
      return inputs.services[name] === undefined && said;
    })
    .map(([name]) => name);

/** Variables that some service has declared. */
const variablesOf = (services: Services): string[] =>
  Object.values(services).flatMap(({ rcvars }) => Object.keys(rcvars));

/** Variables of a service that are declared no more, whether it is or not. */
function droppedVariables({ inputs, former }: JailTarget, name: string): string[] {
  const kept = new Set(variablesOf(inputs.services));
  const once = Object.keys(former?.services?.[name]?.rcvars ?? {});
  return once.filter((variable) => !kept.has(variable));
}

export function observeServices(t: JailTarget): Record<string, Command> {
  const { services, name } = t.inputs;
  const names = [...Object.keys(services), ...givenUp(t)].sort();
  if (names.length === 0) return {};
  const variables = [...new Set(variablesOf(services))].sort();
  const dropping = names.some((each) => droppedVariables(t, each).length > 0);
  return { services: readServices(name, names, variables, dropping) };
}

export const parseJailServices = (results: Results): InsideServices | undefined =>
  results.services && parseServices(results.services);

function stateIsRight(service: Service, state: ServiceState | undefined): boolean {
  const running = wantedRunning(service);
  return (
    (state?.enabled ?? false) === service.enabled &&
    (running === "any" || (state?.running ?? false) === running)
  );
}

/** What is left to take out of rc.conf. */
const droppedNow = (t: JailTarget, name: string, seen: InsideServices | undefined): string[] =>
  droppedVariables(t, name).filter((each) => seen === undefined || seen.changed.has(each));

/** Before packages are removed, with which their scripts go: stops and disables what is declared no more. */
export function planGivenUp(t: JailTarget, seen: InsideServices | undefined): Command[] {
  return givenUp(t).flatMap((name) => {
    const dropped = droppedNow(t, name, seen);
    const variables = Object.fromEntries(dropped.map((each) => [each, undefined]));
    const stays = enabledByDefault.has(name);
    const state = seen?.services.get(name) ?? { enabled: seen === undefined, running: false };
    if (dropped.length === 0 && (stays || !(state.enabled || state.running))) return [];
    // Of one that FreeBSD enables only the variables go.
    const order = stays
      ? ({ enabled: true, running: "any" } as const)
      : ({ enabled: false, running: false } as const);
    return [putService(t.inputs.name, { name, ...order, variables })];
  });
}

/** Sets what differs. `seen`: as it is now; without it each command looks itself. */
export function planServices(t: JailTarget, seen: InsideServices | undefined): Command[] {
  const { services, name: jail } = t.inputs;
  if (seen?.fault !== undefined) {
    throw new Refused(
      `the jail's service or sysrc did not tell of its services (${seen.fault}). Repair its rc.conf and rc.d: ` +
        `jexec ${jail} service -e`,
    );
  }
  return Object.entries(services)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, service]) => {
      const differing = Object.entries(service.rcvars).filter(
        ([variable, value]) => seen?.variables.get(variable) !== value,
      );
      const dropped = droppedNow(t, name, seen);
      const changes = differing.length + dropped.length;
      if (seen !== undefined && changes === 0 && stateIsRight(service, seen.services.get(name)))
        return [];
      const variables = Object.fromEntries([
        ...dropped.map((variable) => [variable, undefined] as const),
        ...differing,
      ]);
      const running = wantedRunning(service);
      return [putService(jail, { name, enabled: service.enabled, running, variables })];
    });
}

/** The services as the jail has them. */
export function driftedServices(
  { inputs }: JailTarget,
  seen: InsideServices | undefined,
): Partial<Pick<JailInputs, "services">> {
  if (seen === undefined || Object.keys(inputs.services).length === 0) return {};
  const found = Object.entries(inputs.services).map(([name, service]) => {
    const state = seen.services.get(name) ?? { enabled: false, running: false };
    const same = stateIsRight(service, state);
    const rcvars = foundVariables(service.rcvars, seen.variables);
    const running =
      service.running === "any" ? { running: "any" as const } : { running: state.running };
    return [name, same ? { ...service, rcvars } : { enabled: state.enabled, ...running, rcvars }];
  });
  return { services: Object.fromEntries(found) };
}

function foundVariables(
  declared: Service["rcvars"],
  found: ReadonlyMap<string, string>,
): Service["rcvars"] {
  const seen = Object.keys(declared).flatMap((variable) => {
    const value = found.get(variable);
    if (value === undefined) return [];
    return [[variable, rcValue.test(value) ? value : "(changed in the jail)"] as const];
  });
  return Object.fromEntries(seen);
}
