import type { Process } from "../../contract.js";
import { describeProblem, has, readOptions } from "./options.js";

interface Socket {
  command: string;
  pid: number;
  jid: number;
  descriptor: number;
  protocol: string;
  local: string;
}

/** What the daemons that this host knows listen on. */
const SOCKETS: Record<string, readonly Omit<Socket, "pid" | "jid" | "command">[]> = {
  sshd: [{ descriptor: 4, protocol: "tcp4", local: "*:22" }],
  cron: [{ descriptor: 5, protocol: "dgram", local: "-> /var/run/logpriv" }],
  syslogd: [
    { descriptor: 5, protocol: "dgram", local: "/var/run/log" },
    { descriptor: 6, protocol: "dgram", local: "/var/run/logpriv" },
  ],
};

function commandOf(process: Process): string {
  return (process.argv[0] ?? "").replace(/^.*\//, "");
}

/** sockstat(1): the sockets of the daemons that this host knows. */
export function sockstat(process: Process): number {
  const options = readOptions(process.argv.slice(1), "46ACcIij:LlnP:p:qSsUuvw");
  if (options.problem) {
    process.stderr.write(describeProblem("sockstat", options.problem));
    process.stderr.write("usage: sockstat [-46cLlSsUuvw] [-j jid] [-p ports] [-P protocols]\n");
    return 1;
  }
  const only = options.given.find(({ letter }) => letter === "j")?.argument;
  const jid = only === undefined ? (process.jid === 0 ? undefined : process.jid) : Number(only);
  const inet = has(options, "4") || has(options, "6");
  const sockets = [...process.machine.processes.values()]
    .filter((one) => jid === undefined || one.jid === jid)
    .sort((a, b) => (commandOf(a) < commandOf(b) ? -1 : 1))
    .flatMap((one) =>
      (SOCKETS[commandOf(one)] ?? []).map((socket) => ({
        ...socket,
        ...{ command: commandOf(one), pid: one.pid, jid: one.jid },
      })),
    )
    .filter((socket) => !inet || socket.protocol.startsWith("tcp"));
  if (!has(options, "q")) {
    process.stdout.write(
      "USER     COMMAND    PID   FD PROTO  LOCAL ADDRESS         FOREIGN ADDRESS      \n",
    );
  }
  for (const socket of sockets) process.stdout.write(`${describe(socket)}\n`);
  return 0;
}

function describe({ command, pid, descriptor, protocol, local }: Socket): string {
  const left = `${"root".padEnd(8)} ${command.padEnd(10)} ${String(pid).padEnd(5)} ${descriptor}`;
  const foreign = protocol.startsWith("tcp") ? `${local.padEnd(21)} *:*` : local;
  return `${left}  ${protocol.padEnd(6)} ${foreign}`;
}
