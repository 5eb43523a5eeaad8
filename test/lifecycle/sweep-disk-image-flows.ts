/** Disk images that are cut everywhere. */
import { bytesOf, digestOf, image, makeForeign, mustRun } from "./disk-images.js";
import type { Properties } from "./engine.js";
import { base, baseOf, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

/** The host's clock is slower: what has a time limit must not pass it on a busy machine. */
const options = { speed: 300, qemuTools: true };
const mountAt = "/mnt/room";
const exports = [{ format: "qcow2", path: "/root/room.qcow2" }];

const lower = ({ login }: World) => [base(login)];
const ofBase = (world: World) => [
  ...lower(world),
  image(world.login, (outputs) => ({ base: baseOf(outputs), size: "16m", mountAt })),
];

const web = (world: World) => [...lower(world), jail(world.login, "web")];
const ofJail = (world: World) => [
  ...web(world),
  image(world.login, () => ({ jail: { name: "web", type: "thick" }, size: "16m", mountAt })),
];

const url = "https://images.example.org/system.vmdk.xz";

/** The same for all hosts: it holds times and identifiers. */
let packed: Buffer | undefined;

/** Puts a packed image of another format where it can be fetched. */
async function publish({ host }: World): Promise<void> {
  packed ??= await pack(host);
  host.machine.web.set(url, packed);
}

async function pack(host: World["host"]): Promise<Buffer> {
  await makeForeign(host, "hello", "4m");
  await mustRun(host, "mkimg -f vmdk -o /img/x -s gpt -p freebsd-ufs:=/img/ufs && xz -k /img/x");
  const bytes = bytesOf(host, "/img/x.xz");
  await mustRun(host, "rm -r /img");
  return bytes;
}

const none = () => [];
const fetched =
  (more: Properties) =>
  ({ login, host }: World) => {
    const sha256 = digestOf(host.machine.web.get(url) as Buffer);
    return [image(login, () => ({ import: { url, format: "vmdk", sha256 }, ...more }))];
  };

const create: Flow = { options, from: lower, to: ofBase };
const foreign = { options, setUp: publish };
const fetch: Flow = { ...foreign, from: none, to: fetched({ mountAt, exports }) };

export const diskImageFlows: Record<string, Flow> = {
  "make an image of a base": create,
  "import an image": { ...fetch, like: [create] },
  "make an image of a running jail": {
    ...{ options: { ...options, dataset: "tank/jails" }, from: web, to: ofJail, like: [create] },
  },
  "mount and export an image otherwise": {
    ...{ ...foreign, from: fetched({ mountAt, exports }), like: [create] },
    to: fetched({ mountAt: "/mnt/other", exports: [{ format: "raw", path: "/root/room.raw" }] }),
  },
  "delete an image": {
    ...foreign,
    from: fetched({ mountAt, exports }),
    to: none,
    like: [create, fetch],
  },
};
