/** Takes one jail for each row of the table through a step of the program, and compares what happened to all of them. */
import { expect } from "vitest";
import type { OperationResult, Stack } from "../../cli/harness.js";
import type { EmbeddedHost, HostState } from "../../embedded-host/index.js";
import { succeed } from "./programs.js";
import { type Row, type RowEffect, rowName, type Site } from "./property-rows.js";

/** Of create, change and removal. */
export type Step = 0 | 1 | 2;

/** How a preview or a run says it, after the jail's name. */
const words: Readonly<Record<RowEffect, string | undefined>> = {
  live: "live change (",
  restart: "restart (",
  none: "no effect on what runs (",
  connection: "connection only (",
  start: "live change (start)",
  stop: "live change (stop)",
  same: undefined,
};

/** What runs, by the names of the rows: number of the jail, and how often it was started. */
type Picture = Readonly<Record<string, { jid: string | undefined; starts: number }>>;

export interface Walk {
  readonly host: EmbeddedHost;
  readonly stack: Stack;
  readonly site: Site;
  readonly rows: readonly Row[];
}

/** The jail's name on the host. */
export const nameIn = (row: Row, step: Step): string => row.names?.[step] ?? rowName(row);

const byRow = <T>(rows: readonly Row[], value: (row: Row) => T): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [rowName(row), value(row)]));

/** Lines that declare the jails of a step. */
export const jailsIn = ({ rows, site }: Pick<Walk, "rows" | "site">, step: Step): string =>
  rows
    .map((row) => {
      const inputs = ["...at, base", row.beside, row.declared[step]].filter(Boolean).join(", ");
      const plain = row.property !== "type" && !inputs.includes("type:");
      const type = site === "zfs" && plain ? ', type: "clone"' : "";
      return `new freebsd.Jail("${rowName(row)}", { ${inputs}${type} });`;
    })
    .join("\n");

/** Runs a line for each jail on the host's console; what each printed. */
async function onEach(
  { host, rows }: Walk,
  step: Step,
  lineOf: (row: Row) => string | undefined,
): Promise<Record<string, string>> {
  const printed: Record<string, string> = {};
  for (const row of rows) {
    const line = lineOf(row);
    if (line === undefined) continue;
    const { stdout } = await host.run(line, { env: { J: nameIn(row, step) } });
    printed[rowName(row)] = stdout.trim();
  }
  return printed;
}

/** Before anything is declared. Resolves with what the host is to be in the end: directories of others stay. */
export async function prepareHost(walk: Walk): Promise<HostState> {
  const { host, site } = walk;
  if (site === "directory") await host.run("mkdir -p /usr/local/jails/containers");
  const state = host.snapshot();
  await onEach(walk, 0, ({ before }) => before);
  return state;
}

/** Writes into every jail what no change may lose. */
export const leaveMarkers = (walk: Walk) =>
  onEach(walk, 0, (row) => `jexec $J sh -c 'echo ${rowName(row)} >/root/marker'`);

/** What the host shows is what is declared, and what was written in the jails is still there. */
export async function expectInForce(walk: Walk, step: Step): Promise<void> {
  const wanted = byRow(walk.rows, ({ values }) =>
    values[step] instanceof RegExp ? expect.stringMatching(values[step]) : values[step],
  );
  expect(await onEach(walk, step, ({ shows }) => shows)).toEqual(wanted);
  const markers = await onEach(walk, step, () => "jls -q -j $J jid && jexec $J cat /root/marker");
  const running = Object.entries(markers).filter(([, text]) => text !== "");
  for (const [name, text] of running) expect(text.split("\n")[1], name).toBe(name);
  expect(running.length).toBeGreaterThanOrEqual(walk.rows.length - 1);
}

/** Changes on the host, by hand, what rows say; their names. */
export async function drift(walk: Walk): Promise<string[]> {
  return Object.keys(await onEach(walk, 1, (row) => row.drift)).sort();
}

async function look(walk: Walk, step: Step): Promise<Picture> {
  const { stdout } = await walk.host.run("jls -q jid name");
  const jids = new Map([...stdout.matchAll(/^(\d+) (.*)$/gm)].map(([, jid, name]) => [name, jid]));
  const started = walk.host.log
    .filter(({ argv }) => argv[0] === "jail" && argv.includes("-c"))
    .map(({ argv }) => argv.at(-1) ?? "");
  return byRow(walk.rows, (row) => {
    const names = new Set(row.names ?? [rowName(row)]);
    const starts = started.filter((each) => names.has(each)).length;
    return { jid: jids.get(nameIn(row, step)), starts };
  });
}

/** The names of the jails that an operation's steps are about. */
const changedJails = ({ steps }: OperationResult): string[] =>
  steps
    .filter(({ op, type }) => op !== "same" && type.endsWith(":Jail"))
    .map(({ name }) => name)
    .sort();

const effectOf = ({ effects }: Row, which: 0 | 1 | 2): RowEffect =>
  typeof effects === "string" ? effects : effects[which];

/** Runs `pulumi up` from one step to another; each jail has the effect that its row says, and no other. */
export async function expectEffects(
  walk: Walk,
  { from, to, which }: { from: Step; to: Step; which: 0 | 1 | 2 },
): Promise<void> {
  const { rows, stack } = walk;
  const before = await look(walk, from);
  const result = await succeed(stack.up());
  const after = await look(walk, to);
  const active = rows.filter((row) => effectOf(row, which) !== "same");
  expect(changedJails(result)).toEqual(active.map(rowName).sort());
  expectTold(result.stdout, active, from, which);
  for (const row of rows) {
    const [was, is] = [before[rowName(row)]!, after[rowName(row)]!];
    const effect = effectOf(row, which);
    const starts = effect === "restart" || effect === "start" ? 1 : 0;
    expect({ row: rowName(row), starts: is.starts - was.starts }).toEqual({
      row: rowName(row),
      starts,
    });
    if (effect === "stop") expect(is.jid).toBeUndefined();
    else if (starts === 0) expect(is.jid, `jid of ${rowName(row)}`).toBe(was.jid);
  }
}

/** Each jail's line begins with its effect. */
function expectTold(output: string, rows: readonly Row[], from: Step, which: 0 | 1 | 2): void {
  const told = byRow(rows, (row) => {
    const line = new RegExp(`jail ${nameIn(row, from)}: (.*)`).exec(output)?.[1] ?? "";
    const wanted = words[effectOf(row, which)] ?? "";
    return line.startsWith(wanted) ? wanted : line;
  });
  expect(told).toEqual(byRow(rows, (row) => words[effectOf(row, which)]));
}

/** The preview of a change names each jail's effect, and asks no host. */
export async function expectPreview({ host, stack, rows }: Walk): Promise<void> {
  const { connections, processes } = host.counters;
  const result = await succeed(stack.preview());
  const active = rows.filter((row) => effectOf(row, 0) !== "same");
  expect(changedJails(result)).toEqual(active.map(rowName).sort());
  expectTold(result.stdout, active, 0, 0);
  expect(host.counters).toMatchObject({ connections, processes });
}

/** A refresh finds just what was changed by hand. */
export async function expectFound({ stack }: Walk, drifted: readonly string[]): Promise<void> {
  expect(changedJails(await succeed(stack.refresh()))).toEqual(drifted);
}
