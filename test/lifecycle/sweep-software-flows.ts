/** Packages and services of a jail that come, change and go, cut everywhere. */
import type { Declaration, Properties } from "./engine.js";
import { base, jail, serviceScript } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic, change } from "./sweep-flows.js";
import type { World } from "./world.js";

const options = {
  ports: {
    app: { "/usr/local/etc/rc.d/app": serviceScript, "/usr/local/etc/app.conf": "the package's\n" },
    jq: { "/usr/local/bin/jq": "" },
  },
};

const program =
  (more?: Properties) =>
  ({ login }: World): Declaration[] => [
    base(login),
    ...(more === undefined ? [] : [jail(login, "web", more)]),
  ];

const files = { "/usr/local/etc/app.conf": { content: "ours\n" } };
const whole = { packages: ["app"], services: { app: { rcvars: { app_flags: "-q" } } }, files };

const made: Flow = {
  ...{ options, from: program(), to: program(whole) },
  like: [basic["create a thick jail"]!],
};

export const softwareFlows: Record<string, Flow> = {
  "a jail is made with a package and a service": made,
  "a package comes and another goes with its service": {
    ...{ options, from: program(whole), to: program({ packages: ["jq"] }) },
    like: [made, ...Object.values(change)],
  },
};
