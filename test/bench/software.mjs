/** What a jail costs in which packages, services and files are declared, beside the packages' own time. */
import { destroy, refresh, up } from "./engine.mjs";
import { measure } from "./measure.mjs";

const names = Array.from({ length: 10 }, (_, index) => `port${index}`);
export const SOFTWARE = { packages: names.length, services: 5, files: names.length };

/** A service that is a file: it runs while the file is there. */
const script = (name) => `#!/bin/sh
case $1 in
onestart) : >/var/run/${name}.pid;;
onestop) rm -f /var/run/${name}.pid;;
onestatus) [ -f /var/run/${name}.pid ];;
esac
`;

/** What the host's repository offers: each package has a service and a configuration. */
export const PORTS = Object.fromEntries(
  [...names, "other"].map((name) => [
    name,
    {
      [`/usr/local/etc/rc.d/${name}`]: script(name),
      [`/usr/local/etc/${name}.conf`]: "the package's\n",
    },
  ]),
);

const declared = {
  packages: Object.fromEntries(names.map((name) => [name, true])),
  services: Object.fromEntries(names.slice(0, SOFTWARE.services).map((name) => [name, true])),
  files: Object.fromEntries(
    names.map((name) => [`/usr/local/etc/${name}.conf`, { content: "ours\n" }]),
  ),
};

/** Resolves with the costs by what is done. */
export async function measureSoftware(host, { jail }) {
  const costs = {};
  const run = async (what, work) => {
    const { result, cost } = await measure(host, work);
    const { roundTrips, processes } = cost;
    costs[what] = { roundTrips, processes };
    return result;
  };
  const more = { ...declared, packages: { ...declared.packages, other: true } };
  const made = await run("create", () => up("jail", "software", jail("software", declared)));
  await expectComplete(host);
  const changed = await run("one package more", () =>
    up("jail", "software", jail("software", more), made),
  );
  const seen = await run("refresh", () => refresh(changed));
  await run("delete", () => destroy(seen));
  return costs;
}

/** Figures of a jail that lacks something would be worth nothing. */
async function expectComplete(host) {
  const line = "ls /var/run/port*.pid | wc -l; cat /usr/local/etc/port*.conf | sort -u";
  const { stdout } = await host.run({ line: `jexec software sh -c '${line}'` });
  if (!/^\s*5\nours\n$/.test(stdout)) throw new Error(`the jail lacks something: ${stdout}`);
}
