/** A user and a command of a jail that change, cut everywhere. */
import type { Properties } from "./engine.js";
import { base, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic, change } from "./sweep-flows.js";
import type { World } from "./world.js";

const web =
  (more: Properties) =>
  ({ login }: World) => [base(login), jail(login, "web", more)];

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@example.org";

export const insideFlows: Record<string, Flow> = {
  "a user and a command of a jail change": {
    options: {},
    from: web({
      users: { app: { uid: 2001, authorizedKeys: [key] } },
      commands: { a: "touch /root/a" },
    }),
    to: web({
      users: { app: { uid: 2001, password: "$6$salt$hash" } },
      commands: { a: { create: "touch /root/a", update: "touch /root/c" } },
    }),
    like: [basic["change in place"]!, change["write files"]!],
  },
};
