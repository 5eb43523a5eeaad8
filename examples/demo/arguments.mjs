/** The demo's command line. */
import { parseArgs } from "node:util";

export const usage = `npm run demo                     against the embedded FreeBSD host
npm run demo -- --host ssh://root@your-host [options]
                                 against a real one, which is left as it was
  --root DIR        where jails and templates lie (default /usr/local/jails)
  --dataset DS      a ZFS dataset for them; without it there are no clones
  --release R       the release of the jails (default: the host's own)
  --mirror URL      where to fetch it from (default: FreeBSD's)
  --dist DIR        a directory on the host that holds base.txz and MANIFEST already
  --interface IF    for the jails' addresses (default lo0)
  --cidr NET        the addresses (default 10.231.87.0/28)`;

const text = { type: "string" };
const options = {
  host: text,
  root: text,
  dataset: text,
  release: text,
  mirror: text,
  dist: text,
  interface: text,
  cidr: text,
  help: { type: "boolean", short: "h" },
};

/** The options given; throws with the usage on anything else. */
export function readArguments(args) {
  const { values } = parseArgsOrExplain(args);
  const others = Object.keys(values).filter((name) => name !== "host" && name !== "help");
  if (values.host === undefined && others.length > 0) {
    throw new Error(`--${others[0]} is for a host of yours: give --host, too\n\n${usage}`);
  }
  return values;
}

function parseArgsOrExplain(args) {
  try {
    return parseArgs({ args, options, strict: true });
  } catch (error) {
    throw new Error(`${error.message}\n\n${usage}`);
  }
}
