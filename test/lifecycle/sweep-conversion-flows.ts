/** Changes of type in place, cut everywhere. */
import type { Declaration, Properties } from "./engine.js";
import { base, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import { upgradeFlows } from "./sweep-upgrade-flows.js";
import type { World } from "./world.js";

/** Both bases are there before and after: what is cut is the jail's own change. */
const program =
  (type: string) =>
  ({ login }: World): Declaration[] => {
    const declared = jail(login, "web", { type });
    const own = type === "thin" ? "split" : "base";
    const inputs = (outputs: Record<string, Properties>) =>
      declared.inputs({ ...outputs, base: outputs[own]! });
    const split = { ...base(login, { kind: "split" }), name: "split" };
    return [base(login), split, { ...declared, inputs }];
  };

/** A file of the owner's, a link that goes by the read-write part, and one of the base's that is gone. */
const use = async ({ host }: World): Promise<void> => {
  const { status, stderr } = await host.run(`set -e
    cd /usr/local/jails/containers/web; [ ! -d skeleton ] || cd skeleton
    echo hi >root/mine; rm etc/nsmb.conf; ln -s ../usr-local/etc etc/own`);
  if (status !== 0) throw new Error(stderr);
};

const joined: Flow = {
  options: {},
  use,
  from: program("thin"),
  to: program("thick"),
  like: [upgradeFlows["a thin jail is upgraded"]!, upgradeFlows["a thick jail is upgraded"]!],
};

export const conversionFlows: Record<string, Flow> = {
  "a thin jail becomes a thick one": joined,
  "a clone becomes a dataset of its own": {
    options: { dataset: "tank/jails" },
    use,
    from: program("clone"),
    to: program("thick"),
    like: [upgradeFlows["a clone is upgraded"]!, joined],
  },
};
