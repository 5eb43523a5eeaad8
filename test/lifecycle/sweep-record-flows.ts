/** Jails that begin and end recording, cut everywhere. */
import type { Declaration, Properties } from "./engine.js";
import { packageOf } from "./packages.js";
import { base, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import { change } from "./sweep-flows.js";
import { layerFlows } from "./sweep-layers-flows.js";
import { packageFlows } from "./sweep-package-flows.js";
import type { World } from "./world.js";

const program =
  (more: Properties) =>
  ({ login }: World): Declaration[] => [base(login), jail(login, "web", more)];

const work = [
  "echo changed >>/etc/shells; rm /etc/motd.template; rm -rf /etc/newsyslog.conf.d; mkdir /etc/newsyslog.conf.d",
  "echo x >/etc/newsyslog.conf.d/x; mkdir /usr/local/app; echo 1 >/usr/local/app/1; rm /etc/services; mkdir /etc/services",
  "touch -t 202601020304 /etc/shells /etc/newsyslog.conf.d/x /usr/local/app/1",
].join("; ");

const use = ({ host }: World) => host.run(`jexec web sh -c '${work}'`);

const stops = [
  change["restart of a thin jail"]!,
  layerFlows["layers of a thick jail are taken out"]!,
];

const ends: Flow = {
  ...{ options: {}, use, like: stops },
  from: program({ record: true }),
  to: program({ record: false }),
};

export const recordFlows: Record<string, Flow> = {
  "a jail records no more": ends,
  "a jail begins to record, and gets a file": {
    options: {},
    from: program({ running: false }),
    to: program({ running: false, record: true, files: { "/usr/local/x": { content: "x\n" } } }),
    like: [ends],
  },
  "a package is made of a stopped jail that records": {
    ...{ options: {}, use },
    from: program({ record: true }),
    via: program({ record: true, running: false }),
    to: (world) => [...program({ record: true, running: false })(world), packageOf(world, "web")],
    like: [ends, packageFlows["a package is made of a thin jail"]!],
  },
};
