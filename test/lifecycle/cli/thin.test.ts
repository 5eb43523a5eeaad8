/** A thin jail through the real CLI, from its preview to its destruction. */
import { expect, it } from "vitest";
import {
  ask,
  changesOf,
  type Declared,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHostAndStack,
} from "./programs.js";

const thin = (more = "") => `{ type: "thin", readWrite: { image: { size: "64m" } }, ${more} }`;
const declared = (web: string, kind = "split"): Declared => ({
  base: `kind: "${kind}"`,
  jails: { web, db: `{ type: "thin" }` },
});

it("thin jails share a template and write to their own parts", patience, async () => {
  await withHostAndStack({ declared: declared(thin()) }, async (world) => {
    const { host, stack } = world;
    const declare = (web: string, kind?: string) =>
      stack.setProgram(programFor(host, declared(web, kind)));

    expect((await succeed(stack.preview())).summary).toMatchObject({ create: 4 });
    await succeed(stack.up());
    for (const name of ["web", "db"]) {
      expect((await host.run(`jexec ${name} touch /usr/bin/x`)).stderr).toMatch(/Read-only/);
      await host.run(`jexec ${name} sh -c 'echo ${name} >/etc/mine'`);
    }
    expect(await ask(host, "jexec web cat /etc/mine; jexec db cat /etc/mine")).toBe("web\ndb");
    await succeed(stack.refresh());
    await succeed(stack.preview({ expectNoChanges: true }));

    await declare(thin('files: { "/usr/local/etc/app": { content: "app" } }, hostname: "www"'));
    const jid = await ask(host, "jls -j web jid");
    expect(changesOf(await succeed(stack.up()))).toEqual(["web: update"]);
    expect(await ask(host, "jexec web cat /usr/local/etc/app; jls -j web jid")).toBe(`app${jid}`);

    await declare(thin(), "full");
    expect(await failWith(stack.preview())).toMatch(/a thin jail needs a split base/);
    await declare(`{ type: "thin", readWrite: { image: { size: "1g" } } }`);
    expect(await failWith(stack.preview())).toMatch(
      /readWrite.*an image of 64m to an image of 1g/s,
    );
    await destroyWithoutTrace(world);
  });
});
