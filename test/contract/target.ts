/** The host that the contract suite runs against, and where on it. */
import { hostSchema } from "../../provider/host/index.js";
import type { Properties } from "../lifecycle/engine.js";

export interface Target {
  /** The way to the host: what its `host` input holds beside root and dataset. */
  readonly login: Properties;
  /** The same for another machine. */
  readonly second?: Properties;
  /** Scratch directory, and scratch dataset. */
  readonly root: string;
  readonly dataset?: string;
  /** Default: the host's own. */
  readonly release?: string;
  readonly mirror?: string;
  readonly dist?: string;
  readonly interface: string;
  /** Default: one of the networks for tests, by the name of the run. */
  readonly cidr?: string;
}

/** What run.mjs passes on. */
interface Asked extends Partial<Omit<Target, "login" | "second">> {
  readonly host: string;
  readonly second?: string;
  readonly become?: string;
  readonly "host-key"?: string;
}

/** The target that run.mjs was asked for. */
export function readTarget(text = process.env.PULUMI_FREEBSD_TARGET): Target {
  if (text === undefined) throw new Error("npm run test:host starts this suite");
  const { host, second, become, "host-key": hostKey, ...place } = JSON.parse(text) as Asked;
  const root = become === undefined ? {} : { become };
  return makeTarget({
    ...place,
    login: { ...wayOf(host), ...root, ...(hostKey === undefined ? {} : { hostKey }) },
    ...(second === undefined ? {} : { second: { ...wayOf(second), ...root } }),
  });
}

/** A target with its defaults. */
export function makeTarget(target: Pick<Target, "login"> & Partial<Target>): Target {
  return { root: "/usr/local/jails-pulumi-test", interface: "lo0", ...target };
}

/** "ssh://root@host:22" as an object, so that credentials can stand beside it. */
function wayOf(url: string): Properties {
  const { transport, host, port, user } = hostSchema.parse(url);
  if (transport === "local") return { transport };
  return { host, ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }) };
}
