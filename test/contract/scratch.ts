/**
 * Where a run lives on the host: `<root>/<run>`, and `<dataset>/<run>`. All names begin with the run's, so that it
 * never meets what is somebody else's, and what a crash leaves can be told from everything else.
 */
import { randomBytes } from "node:crypto";
import type { Admin } from "./admin.js";
import type { Target } from "./target.js";

const runName = /^pft-[0-9a-f]{6}$/;
/** Whoever made the scratch directory removes it. */
const madeMark = ".made-by-pulumi-freebsd-test";
const madeProperty = "pulumi-freebsd-test:made";

/** A new run's name, with its scratch directory and dataset made. Refuses those that hold anything. */
export async function claimScratch(admin: Admin, target: Target): Promise<string> {
  const { root, dataset } = target;
  const makeRoot = await planDirectory(admin, root);
  const makeDataset = dataset === undefined ? [] : await planDataset(admin, dataset);
  try {
    for (const line of [...makeRoot, ...makeDataset]) await admin.ask(line);
  } catch (error) {
    await releaseScratch(admin, target);
    throw error;
  }
  return `pft-${randomBytes(3).toString("hex")}`;
}

async function planDirectory(admin: Admin, root: string): Promise<string[]> {
  const there = (await admin.run(`[ -e ${root} ] || [ -L ${root} ]`)).status === 0;
  if (!there) return [`mkdir ${root} && touch ${root}/${madeMark}`];
  const content = (await admin.ask(`ls -A ${root}/.`)).split("\n").filter((name) => name !== "");
  refuseContent(root, content);
  return [];
}

async function planDataset(admin: Admin, dataset: string): Promise<string[]> {
  const { status, stdout } = await admin.run(`zfs list -H -r -t all -o name ${dataset}`);
  if (status !== 0) return [`zfs create -o mountpoint=none -o ${madeProperty}=yes ${dataset}`];
  const inside = stdout.split("\n").filter((name) => name.length > dataset.length);
  const mountpoint = await admin.ask(`zfs list -H -o mountpoint ${dataset}`);
  const files = mountpoint.startsWith("/") ? await admin.list(`ls -A ${mountpoint}`) : [];
  const datasets = inside.map((name) => name.slice(dataset.length + 1));
  refuseContent(`dataset ${dataset}`, [...datasets, ...files]);
  return [];
}

function refuseContent(place: string, content: readonly string[]): void {
  const others = content.filter((name) => name !== madeMark);
  if (others.length === 0) return;
  const hint = others.every((name) => runName.test(name.split(/[/@]/)[0]!))
    ? "Another run works there, or one has crashed: --clean removes what it left."
    : "Give one that is empty, or that does not exist.";
  throw new Error(`${place} is not empty: it holds ${others.slice(0, 5).join(", ")}. ${hint}`);
}

/** Runs that left something on the host, by any trace of them. */
export async function findRuns(admin: Admin, { root, dataset }: Target): Promise<string[]> {
  const places = dataset === undefined ? [] : await admin.list(`zfs list -H -r -o name ${dataset}`);
  const names = [
    ...(await admin.list(`ls ${root}`)),
    ...places.map((name) => name.slice((dataset ?? "").length + 1)),
    ...(await admin.list("jls name")),
    ...(await admin.list("ls /etc/jail.conf.d")),
    ...(await admin.list("sysrc -n jail_list")).flatMap((list) => list.split(" ")),
  ];
  return [...new Set(names.map((name) => name.slice(0, "pft-000000".length)))].filter((name) =>
    runName.test(name),
  );
}

/** Gives the scratch directory and dataset back when they are empty and were made by a run. */
export async function releaseScratch(admin: Admin, { root, dataset }: Target): Promise<void> {
  if (dataset !== undefined) {
    const made = await admin.list(`zfs list -H -o ${madeProperty} ${dataset}`);
    // Without -r it is refused while anything is in it.
    if (made[0] === "yes") await admin.insist(`zfs destroy ${dataset}`);
  }
  const content = await admin.list(`ls -A ${root}`);
  if (content.length === 1 && content[0] === madeMark) {
    await admin.ask(`rm ${root}/${madeMark} && rmdir ${root}`);
  }
}
