import type { Process } from "../../contract.js";
import { describeProblem, readOptions } from "./options.js";
import { interfaceTo, routesOf } from "./routes.js";

type Family = "inet" | "inet6";

/** route(8): the default route of the process's network stack; other routes are not modelled. */
export function route(process: Process): number {
  const options = readOptions(process.argv.slice(1), "46dnqtv");
  const [command, ...operands] = options.operands;
  if (options.problem || command === undefined) {
    if (options.problem) process.stderr.write(describeProblem("route", options.problem));
    process.stderr.write("usage: route [-46dnqtv] command [[modifiers] args]\n");
    return 64;
  }
  const request = readRequest(
    operands,
    options.given.some(({ letter }) => letter === "6"),
  );
  if (command === "get") return get(process, request);
  if (!["add", "change", "delete", "flush"].includes(command)) {
    process.stderr.write(`route: keyword ${command} unknown\n`);
    return 64;
  }
  if (process.credentials.uid !== 0) {
    process.stderr.write("route: must be root to alter routing table\n");
    return 77;
  }
  const quiet = options.given.some(({ letter }) => letter === "q");
  const say = (text: string) => {
    if (!quiet) process.stdout.write(text);
  };
  return alter(process, command, request, say);
}

interface Request {
  family: Family;
  isDefault: boolean;
  destination: string;
  gateway?: string;
}

function readRequest(operands: readonly string[], inet6: boolean): Request {
  const isInet6 = inet6 || operands.includes("-inet6");
  const [destination = "default", gateway] = operands.filter((operand) => !operand.startsWith("-"));
  const family = isInet6 || destination.includes(":") ? "inet6" : "inet";
  const isDefault = ["default", "0.0.0.0", "0.0.0.0/0", "::/0", "::"].includes(destination);
  return { family, isDefault, destination, gateway };
}

function alter(
  process: Process,
  command: string,
  request: Request,
  say: (text: string) => void,
): number {
  const routes = routesOf(process);
  const { family, isDefault, destination, gateway } = request;
  if (command === "flush") {
    routes.clear();
    return 0;
  }
  if (!isDefault) {
    process.stderr.write(`route: writing to routing socket: Network is unreachable\n`);
    return 1;
  }
  const via = gateway === undefined ? "" : `: gateway ${gateway}`;
  const name = `${command} net ${destination}${via}`;
  if (command === "delete") {
    if (routes.delete(family)) {
      say(`${name}\n`);
      return 0;
    }
    return fail(process, say, name, "No such process", "not in table");
  }
  if (gateway === undefined || !interfaceTo(process, gateway)) {
    return fail(process, say, name, "Network is unreachable", "Network is unreachable");
  }
  if (command === "add" && routes.has(family)) {
    return fail(process, say, name, "File exists", "route already in table");
  }
  routes.set(family, gateway);
  say(`${name}\n`);
  return 0;
}

function fail(
  process: Process,
  say: (text: string) => void,
  name: string,
  error: string,
  reason: string,
): number {
  process.stderr.write(`route: writing to routing socket: ${error}\n`);
  say(`${name} fib 0: ${reason}\n`);
  return 1;
}

function get(process: Process, request: Request): number {
  const { destination, isDefault, family } = request;
  const onLink = isDefault ? undefined : interfaceTo(process, destination);
  const gateway = onLink ? undefined : routesOf(process).get(family);
  const through = onLink ?? (gateway === undefined ? undefined : interfaceTo(process, gateway));
  if (!through) {
    process.stderr.write("route: route has not been found\n");
    return 1;
  }
  const target = isDefault ? "default" : destination;
  const lines: [string, string][] = [["route to", target]];
  if (gateway === undefined) lines.push(["destination", target]);
  else lines.push(["destination", "default"], ["mask", "default"], ["gateway", gateway]);
  lines.push(["fib", "0"], ["interface", through.name]);
  lines.push(["flags", gateway === undefined ? "<UP,DONE,PINNED>" : "<UP,GATEWAY,DONE,STATIC>"]);
  for (const [name, value] of lines) process.stdout.write(`${name.padStart(11)}: ${value}\n`);
  process.stdout.write(
    " recvpipe  sendpipe  ssthresh  rtt,msec    mtu        weight    expire\n" +
      `       0         0         0         0  ${String(through.mtu).padStart(8)}         1         0 \n`,
  );
  return 0;
}
