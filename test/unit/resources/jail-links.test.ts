/** The question for all links of a jail: asked about one jail and about all, the answers are the same. */
import { afterEach, expect, it } from "vitest";
import type { CommandResult } from "../../../provider/freebsd/command.js";
import { parseLinks } from "../../../provider/freebsd/files.js";
import { askLinks, usedTemplates } from "../../../provider/resources/jail-links.js";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { jailTarget } from "./pictures.js";

let host: EmbeddedConsole | undefined;
afterEach(() => host?.stop());

const state = "/jails/.pulumi-freebsd";
const t = jailTarget();
const { id } = t.mark;
const own = [
  ["made", "made:/jails"],
  ["marks/jail.web", "owner:a"],
  ["marks/layers.web.base", "layers:"],
  ["marks/renaming.web.app", "owner:a"],
  [`users.base/${id}`, "owner:a"],
  [`users.older/${id}`, "owner:a"],
] as const;
const others = [
  ["made.rc", "made:jail_enable"],
  ["marks/jail.web2", "owner:b"],
  ["marks/jail.my-web", "owner:b"],
  ["leases/10.0.0.5", `owner:${id}:x`],
  ["users.base/0123456789abcdef", "owner:b"],
] as const;

async function run(argv: readonly string[]): Promise<CommandResult> {
  return host!.run(argv.map((word) => `'${word}'`).join(" "));
}

it("asks for what is the jail's own, about one jail as about all", async () => {
  host = createConsole();
  const command = askLinks(t);
  expect(parseLinks(await run(command.argv)).size).toBe(0);
  for (const [path, target] of [...others, ...own])
    await host.run(`mkdir -p $(dirname ${state}/${path}); ln -s ${target} ${state}/${path}`);
  await host.run(`mkdir -p ${state}/layers.web/base; echo x >${state}/layers.web/base/file`);
  const expected = own.map(([path, target]) => [`${state}/${path}`, target]).sort();
  const links = parseLinks(await run(command.argv));
  expect([...links].sort()).toEqual(expected);
  const { wide } = command;
  expect([...parseLinks(wide!.pick(await run(wide!.command.argv)))].sort()).toEqual(expected);
  expect(usedTemplates(t, links).sort()).toEqual(["base", "older"]);
});
