import type { Process } from "../../contract.js";
import { readSysctl } from "../../kernel/sysctl.js";
import { describeProblem, has, readOptions } from "./options.js";

/** hostname(1) */
export function hostname(process: Process): number {
  const options = readOptions(process.argv.slice(1), "sdf");
  if (options.problem) {
    const usage = "usage: hostname [-f] [-s | -d] [name-of-host]\n";
    process.stderr.write(describeProblem("hostname", options.problem) + usage);
    return 1;
  }
  const [name] = options.operands;
  if (name !== undefined) return setHostname(process, name);
  const full = readSysctl(process, "kern.hostname") ?? "";
  const [short = "", ...domain] = full.split(".");
  const shown = has(options, "s") ? short : has(options, "d") ? domain.join(".") : full;
  process.stdout.write(`${shown}\n`);
  return 0;
}

function setHostname(process: Process, name: string): number {
  const jail = process.machine.jails.get(process.jid);
  const allowed = !jail || jail.parameters.get("allow.set_hostname") === true;
  if (process.credentials.uid !== 0 || !allowed) {
    process.stderr.write("hostname: sethostname: Operation not permitted\n");
    return 1;
  }
  if (jail) jail.parameters.set("host.hostname", name);
  else process.machine.sysctl.set("kern.hostname", name);
  return 0;
}
