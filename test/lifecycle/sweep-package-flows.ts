/** Packages whose making is cut everywhere. */
import type { Declaration, Properties } from "./engine.js";
import { packageOf } from "./packages.js";
import { base, baseOf, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

const built = ({ login }: World): Declaration => ({
  kind: "JailPackage",
  name: "app",
  inputs: (outputs: Record<string, Properties>) => ({
    ...{ host: login, name: "app", version: "1.0" },
    build: {
      base: baseOf(outputs),
      files: { "/usr/local/etc/app.conf": { content: "port 1\n" } },
      commands: [
        "touch -t 202601020304 /usr/local/etc/app.conf /usr/local/etc",
        "rm /etc/motd.template",
      ],
    },
  }),
});

const build: Flow = {
  options: {},
  from: ({ login }) => [base(login)],
  to: (world) => [base(world.login), built(world)],
};

export const packageFlows: Record<string, Flow> = {
  "a package is built": build,
  "a package is made of a thin jail": {
    options: {},
    from: ({ login }) => [base(login, { kind: "split" }), jail(login, "web", { type: "thin" })],
    to: (world) => [
      base(world.login, { kind: "split" }),
      jail(world.login, "web", { type: "thin" }),
      packageOf(world, "web"),
    ],
    like: [build],
  },
};
