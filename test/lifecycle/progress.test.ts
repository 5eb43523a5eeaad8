import { expect, it } from "vitest";
import { openSession, parseHost } from "../../provider/host/index.js";
import { baseRelease } from "../../provider/resources/base-release.js";
import { change } from "../../provider/resources/engine.js";
import { startWorld } from "./world.js";

it("a download is told of while it goes on", async () => {
  const { host, login } = await startWorld();
  const spec = parseHost(login);
  const owner = "urn:base";
  const inputs = baseRelease.schema.parse({ host: login, owner, release: "15.1-RELEASE" });
  const mark = { id: "0123456789abcdef", owner };
  const target = { inputs, storage: spec, mark, life: "0", formerMarks: [] };
  // The download is there, and is being verified: what a slow one looks like in the middle.
  const held = host.faults.hold((argv) => argv[0] === "sha256" && argv[1] === "-c");
  const lines: string[] = [];
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const report = (line: string) => {
    lines.push(line);
    if (line.includes(" of ")) tell();
  };
  const pause = () => Promise.resolve();
  const context = { session: openSession(spec), report, reportInterval: 20, pause };
  const done = change(context, baseRelease, target, "present");
  await held.reached;
  await told;
  held.release();
  await done;
  expect(lines[0]).toMatch(
    /fetching https:\/\/download\.freebsd\.org\/releases\/amd64\/amd64\/15\.1-RELEASE\/base\.txz/,
  );
  expect(lines.at(-1)).toMatch(/base\.txz: (\d+\.\d) MiB of \1 MiB$/);
});
