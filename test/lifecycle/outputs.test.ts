/** What a jail's outputs say of it, as its host has it. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld } from "./world.js";

const kinds = [
  ["thick", {}, ""],
  ["thin", { kind: "split" }, "/root"],
] as const;

it.each(kinds)("a %s jail", async (type, more, part) => {
  const { host, login } = await startWorld();
  const stack = new Stack();
  const program = (running: boolean) => [
    base(login, more),
    range(login),
    jail(login, "web", { type, running }),
  ];
  const outputs = () => stack.states.get("web")!.outputs;
  await stack.up(program(true));
  const jid = Number(await line(host, "jls -j web jid"));
  const seen = { jid, running: true, userland: "15.1-RELEASE-p1", hostnameInForce: "web" };
  expect(outputs()).toMatchObject({ ...seen, address: "10.20.0.1", osrelease: "15.1-RELEASE" });
  const file = `${stack.states.get("base")!.outputs.path}${part}/bin/freebsd-version`;
  await host.run(`sed -i '' 's/^USERLAND_VERSION=.*/USERLAND_VERSION="15.1-RELEASE-p3"/' ${file}`);
  await host.run("jail -m name=web host.hostname=elsewhere");
  await stack.refresh();
  expect(outputs()).toMatchObject({ userland: "15.1-RELEASE-p3", hostnameInForce: "elsewhere" });
  await stack.up(program(false));
  const stopped = { jid: 0, running: false, hostnameInForce: "", osrelease: "" };
  expect(outputs()).toMatchObject({ ...stopped, userland: "15.1-RELEASE-p3" });
});
