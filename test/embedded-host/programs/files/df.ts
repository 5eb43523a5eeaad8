import type { Mount, Volume } from "../../contract.js";
import { blockSize } from "./support/blocks.js";
import { humanSize } from "./support/list-format.js";
import { type Run, tool, warn } from "./support/options.js";

interface Row {
  from: string;
  type: string;
  total: number;
  used: number;
  free: number;
  on: string;
}

/** Size of a disk whose volume has no limit of its own. */
const diskSize = 10_143_484 * 1024;

/** What newfs(8) itself takes, and the part of a UFS that only root may fill. */
const tables = 8192;
const fragment = 4096;

/** df(1): -k, -h, -m, -T and -P, for all mounts or for those of some files. */
export const df = tool(
  {
    options: "abcghHiklmnPTt:,",
    usage: [
      "df [-b | -g | -H | -h | -k | -m | -P] [-acilnT] [-t type] [-,]",
      "   [file | filesystem ...]",
    ],
    usageStatus: 64,
  },
  (run) => {
    const rows: Row[] = [];
    let status = 0;
    const paths = run.operands.length > 0 ? run.operands : visibleMounts(run);
    for (const path of paths) {
      try {
        rows.push(rowOf(run, path));
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    const type = run.options.value("t");
    const shown = rows.filter((row) => type === undefined || row.type === type);
    if (shown.length > 0) print(run, shown);
    return status;
  },
);

/** In a jail only the file system of its root is seen, which is enforce_statfs=2. */
function visibleMounts(run: Run): string[] {
  if (run.process.root !== "/") return ["/"];
  return run.files.mounts.map((mount) => mount.on);
}

function rowOf(run: Run, path: string): Row {
  const { mount, volume } = run.files.mountOf(run.process, path);
  const on = run.process.root === "/" ? mount.on : "/";
  const from = mount.from;
  if (mount.type === "devfs" || mount.type === "fdescfs") return deviceRow(run, mount, on);
  // A tmpfs counts the page of its root directory.
  const used = run.files.used(volume) + (mount.type === "tmpfs" ? fragment : 0);
  if (mount.type === "zfs" || mount.type === "tmpfs") {
    const total = limitOf(run, mount, volume);
    return { from, type: mount.type, total, used, free: Math.max(0, total - used), on };
  }
  const total = floor(limitOf(run, mount, volume));
  const taken = Math.min(total, floor(used) + tables);
  const reserve = Math.floor((total / fragment) * 0.08) * fragment;
  return { from, type: mount.type, total, used: taken, free: total - taken - reserve, on };
}

function deviceRow(run: Run, mount: Mount, on: string): Row {
  // 15.1 shows an empty file system, 13.2 a full one.
  const full = run.process.machine.release === "13.2-RELEASE";
  const [used, free] = full ? [1024, 0] : [0, 1024];
  return { from: mount.from, type: mount.type, total: 1024, used, free, on };
}

function limitOf(run: Run, mount: Mount, volume: Volume): number {
  if (Number.isFinite(volume.capacity)) return volume.capacity;
  const pool = run.process.machine.pools.get(mount.from.split("/")[0] ?? "");
  return mount.type === "zfs" && pool ? pool.size : diskSize;
}

function floor(bytes: number): number {
  return Math.floor(bytes / fragment) * fragment;
}

function print(run: Run, rows: Row[]): void {
  const { options } = run;
  const { header, unit } = unitOf(run);
  const amount = (bytes: number) =>
    options.has("h") ? humanSize(Math.max(0, bytes)) : String(Math.trunc(bytes / unit));
  const table = rows.map((row) => ({
    ...row,
    texts: [amount(row.total), amount(row.used), amount(row.free)],
  }));
  const width = (title: string, values: string[]) =>
    Math.max(title.length, ...values.map((v) => v.length));
  const fromWidth = width(
    "Filesystem",
    rows.map((row) => row.from),
  );
  const titles = [header, "Used", "Avail"];
  const widths = titles.map((title, at) =>
    width(
      title,
      table.map(({ texts }) => texts[at] as string),
    ),
  );
  const typeWidth = width(
    "Type",
    rows.map((row) => row.type),
  );
  const type = (text: string) => (options.has("T") ? `${text.padEnd(typeWidth)} ` : "");
  const numbers = (texts: string[]) =>
    texts.map((text, at) => text.padStart(widths[at] as number)).join(" ");
  const lines = [
    `${"Filesystem".padEnd(fromWidth)} ${type("Type")}${numbers(titles)} Capacity  Mounted on`,
    ...table.map(
      (row) =>
        `${row.from.padEnd(fromWidth)} ${type(row.type)}${numbers(row.texts)} ${percent(row).padStart(5)}%    ${row.on}`,
    ),
  ];
  run.process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

function unitOf(run: Run): { header: string; unit: number } {
  const { options } = run;
  if (options.has("h") || options.has("H")) return { header: "Size", unit: 1 };
  if (options.has("k")) return { header: "1024-blocks", unit: 1024 };
  if (options.has("m")) return { header: "1M-blocks", unit: 2 ** 20 };
  if (options.has("g")) return { header: "1G-blocks", unit: 2 ** 30 };
  const unit = blockSize(run);
  if (unit === 1024) return { header: "1K-blocks", unit };
  return { header: `${unit}-blocks`, unit };
}

function percent({ used, free }: Row): string {
  const all = used + free;
  return all === 0 ? "100" : ((used / all) * 100).toFixed(0);
}
