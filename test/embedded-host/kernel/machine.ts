import type { Dataset, Jail, Machine, Pool, Release, Where } from "../contract.js";
import { populateBaseTree } from "./base-tree.js";
import { createFileSystem } from "./files.js";
import { mountHostDevices } from "./host-devices.js";
import { hostFiles, hostNetwork } from "./host-files.js";
import { createHostInterfaces } from "./interfaces.js";
import { bootModules } from "./modules.js";
import { createRandom, randomUuid } from "./random.js";
import { sysctlTree } from "./sysctl.js";
import { createPool } from "./zfs.js";

/** What the process table brings: everything else of a machine is made here. */
export type KernelProcesses = Pick<Machine, "processes" | "locks" | "kill">;

export interface MachineOptions {
  release: Release;
  /** The same seed gives the same guids, addresses and names. */
  seed?: number;
  hostname?: string;
  hostuuid?: string;
  /** Creates a ZFS pool of this name on a disk of the machine. */
  zpool?: string;
  web?: Readonly<Record<string, Buffer | string | { error: string }>>;
  /** Directory of every program by its name: what the base tree holds. */
  programs: Readonly<Record<string, string>>;
}

/** The machine's first moment. Its clock goes on from there with the real one. */
const BOOT = Date.UTC(2026, 10, 21, 7, 0, 0);

/**
 * A FreeBSD machine as it is after its first boot: base system, network, no jails. The process
 * table is H1's and is given, so that the machine and its processes share one kernel.
 */
export function createMachine(options: MachineOptions, kernel: KernelProcesses): Machine {
  const random = createRandom(options.seed ?? 1);
  const started = performance.now();
  const now = () => BOOT + Math.floor(performance.now() - started);
  const hostname = options.hostname ?? `fbsd${options.release.slice(0, 4).replace(".", "")}`;
  const hostuuid = options.hostuuid ?? randomUuid(random);
  const oids = sysctlTree(options.release, { hostname, hostuuid });
  const sysctl = new Map(oids.map((oid) => [oid.name, oid.value]));
  const machine: Machine = {
    release: options.release,
    get hostname() {
      return sysctl.get("kern.hostname") ?? hostname;
    },
    get hostuuid() {
      return sysctl.get("kern.hostuuid") ?? hostuuid;
    },
    files: createFileSystem({ now }),
    jails: new Map<number, Jail>(),
    nextJid: 1,
    interfaces: createHostInterfaces(options.release),
    pools: new Map<string, Pool>(),
    datasets: new Map<string, Dataset>(),
    modules: new Set(bootModules()),
    sysctl,
    limits: new Set<string>(),
    routes: new Map(hostNetwork().routes),
    processes: kernel.processes,
    locks: kernel.locks,
    kill: (pid, signal) => kernel.kill(pid, signal),
    web: new Map(webAnswers(options.web ?? {})),
    now,
    random,
  };
  installFiles(machine, options);
  if (options.zpool !== undefined) createPool(machine, { name: options.zpool, device: "vtbd1" });
  return machine;
}

function webAnswers(web: NonNullable<MachineOptions["web"]>) {
  return Object.entries(web).map(([url, answer]) => {
    return [url, typeof answer === "string" ? Buffer.from(answer) : answer] as const;
  });
}

function installFiles(machine: Machine, options: MachineOptions): void {
  const root: Where = { root: "/", cwd: "/", umask: 0o022 };
  const programs = { ...options.programs };
  populateBaseTree(machine.files, "/", { release: options.release, programs });
  for (const [path, text] of Object.entries(hostFiles(machine))) {
    machine.files.write(root, path, text);
  }
  mountHostDevices(machine);
}
