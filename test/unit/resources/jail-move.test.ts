/** The pure parts of a move: what links say, what is refused, in which order things are done. */
import { expect, it } from "vitest";
import { parseFreeSpace, parseTreeSize } from "../../../provider/freebsd/streams.js";
import { parseBytes, parseGuid } from "../../../provider/freebsd/zfs-stream.js";
import { planJailAbsent } from "../../../provider/resources/jail-absent.js";
import { explain } from "../../../provider/resources/jail-explain.js";
import {
  formatGeneration,
  isElsewhere,
  noMove,
  parseMove,
} from "../../../provider/resources/jail-move-picture.js";
import { planArrival, planDeparture } from "../../../provider/resources/jail-move-plans.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { Refused } from "../../../provider/resources/resource.js";
import { hostWith, jailTarget } from "./pictures.js";

const t = jailTarget();
const uuid = "0d5c4b2a-1111-2222-3333-444455556666";
const facts = {
  ...{ hostuuid: uuid, osreldate: 1501000, machine: "amd64", machineArch: "amd64", uid: 0 },
  hostKeys: [],
  jailParameters: new Set<string>([]),
};
const moved = (machine: string, number = 1) => ({ state: "moved" as const, machine, number });
const at = (machine: string): JailObserved => ({
  ...hostWith(t),
  facts,
  move: { generation: moved(machine), token: undefined },
});
const token = `moving:${uuid}:0123456789abcdef`;
const given = { moved: moved(uuid), left: hostWith(t), token };
const titles = (commands: readonly { argv: readonly string[] }[]) =>
  commands.map(({ argv }) => argv.join(" "));

it("a generation's link is read as it was written, and anything else is none", () => {
  const link = (text: string) => ({
    upgradeLinks: {
      status: 0,
      stdout: `/jails/.pulumi-freebsd/marks/generation.web ${text}\n`,
      stderr: "",
    },
  });
  for (const state of ["moved", "incoming"] as const) {
    const generation = { state, machine: uuid, number: 12 };
    expect(parseMove(t, link(formatGeneration(generation)))).toEqual({ ...noMove, generation });
    const shared = { ...generation, shared: true };
    expect(parseMove(t, link(formatGeneration(shared))).generation).toEqual(shared);
  }
  expect(parseMove(t, link("moved:x"))).toEqual(noMove);
});

it("a jail that was handed over is neither changed nor deleted; on its own machine it is", () => {
  expect(isElsewhere(t, at("other"))).toBe(true);
  expect(() => planJail(t, at("other"))).toThrow(/handed over to another machine.*other/);
  expect(() => planJailAbsent(t, at("other"))).toThrow(Refused);
  expect(isElsewhere(t, at(uuid))).toBe(false);
  expect(planJail(t, at(uuid)).commands).toEqual([]);
  expect(titles(planJailAbsent(t, at(uuid)).commands).join("\n")).toContain("generation.web");
});

it("the copy gets its name after the generation and before the start, and only when it is there", () => {
  const { running: _, ...rest } = at(uuid);
  const coming = {
    ...{ ...rest, running: undefined, root: false, conf: undefined, partial: true },
    move: { generation: undefined, token },
  };
  const commands = titles(planArrival(t, coming, given).commands);
  const position = (text: string) => commands.findIndex((each) => each.includes(text));
  expect(position("generation.web")).toBe(0);
  expect(position("web.partial")).toBeGreaterThan(0);
  expect(position("jail -f")).toBeGreaterThan(position("web.partial"));
  expect(commands.at(-1)).toMatch(/moving\.web/);
  const gone = { ...coming, partial: false };
  expect(() => planArrival(t, gone, given)).toThrow(/is not there any more/);
});

it("what another run brings, or has brought, is not touched", () => {
  const others = (root: boolean, others: string | undefined) => ({
    ...{ ...at(uuid), root },
    move: { generation: { ...moved(uuid), state: "incoming" as const }, token: others },
  });
  expect(() => planArrival(t, others(true, undefined), given)).toThrow(/another run took/);
  expect(() => planArrival(t, others(false, "moving:x:1"), given)).toThrow(/another run took/);
  expect(planArrival(t, { ...at(uuid) }, given).commands).toEqual([]);
});

it("a tree that is kept is renamed and not removed", () => {
  const left = titles(planDeparture(t, at("other"), "20261121").commands).join("\n");
  expect(left).toContain("/jails/containers/web /jails/containers/web.20261121");
  expect(left).not.toContain("web.deleted");
  const removed = titles(planDeparture(t, at("other"), undefined).commands).join("\n");
  expect(removed).toContain("web.deleted");
});

it("sizes and guids are read whole, or not at all", () => {
  const out = (stdout: string, status = 0) => ({ status, stdout, stderr: "" });
  expect(parseTreeSize(out("123\t/usr/local/jails/containers/web\n"))).toBe(123 * 1024);
  expect(parseTreeSize(out(""))).toBeUndefined();
  const df = "Filesystem 1024-blocks Used Avail Capacity  Mounted on\n/dev/ufs/root 10143484 900 ";
  expect(parseFreeSpace(out(`${df}8431 10%    /\n`))).toBe(8431 * 1024);
  expect(parseFreeSpace(out(`${df}-20 104%    /\n`))).toBe(0);
  expect(parseFreeSpace(out("df: /x: No such file or directory\n", 1))).toBeUndefined();
  expect(parseGuid(out("6114154482066780656\n"))).toBe("6114154482066780656");
  expect(parseGuid(out("-\n"))).toBeUndefined();
  expect(parseBytes(out("61971968\n"))).toBe(61971968);
  expect(parseBytes(out("61.9M\n"))).toBeUndefined();
});

it("a preview says that another address may be another machine, and never more of a host than that", () => {
  expect(explain("host", "ssh://root@a.example.org", "ssh://root@b.example.org")).toEqual({
    effect: "migrate",
    detail: "host, from a.example.org to b.example.org",
  });
  const host = { host: "a", port: 22, password: "secret" };
  expect(explain("host", host, { ...host, password: "other" })).toEqual({
    effect: "connection",
    detail: "host",
  });
});
