/** The harness itself, with a fake package of pulumi-freebsd's shape. */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Stack, type StackOptions, trustHost, withStack } from "./harness.js";

const fakePackage = resolve(__dirname, "..", "fixtures", "fake-provider");

function program(value: string, more = ""): string {
  return `
    const { Thing } = require("pulumi-freebsd");
    const store = require("node:path").join(process.env.HOME, "store.json");
    const thing = new Thing("a", { name: "a", store, value: ${JSON.stringify(value)} ${more} });
    exports.serial = thing.serial;
  `;
}

function withFake<T>(
  options: Partial<StackOptions>,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return withStack({ program: program("one"), package: fakePackage, ...options }, use);
}

const none = { create: 0, update: 0, delete: 0, replace: 0, same: 0 };

describe("withStack", { timeout: 120_000 }, () => {
  it("creates, previews, updates, replaces and destroys", async () => {
    await withFake({}, async (stack) => {
      expect(await stack.up()).toMatchObject({ status: 0, summary: { ...none, create: 1 } });
      expect(await stack.outputs()).toEqual({ serial: "serial-of-thing-a-here" });
      const unchanged = await stack.preview({ expectNoChanges: true });
      expect(unchanged).toMatchObject({ status: 0, summary: { ...none, same: 1 } });

      await stack.setProgram(program("two"));
      const preview = await stack.preview({ diff: true });
      expect(preview).toMatchObject({ status: 0, summary: { ...none, update: 1 } });
      expect(preview.stdout).toContain('"one" => "two"');
      expect((await stack.preview({ expectNoChanges: true })).status).not.toBe(0);
      expect((await stack.up()).summary).toEqual({ ...none, update: 1 });

      await stack.setProgram(program("two", ', place: "there"'));
      expect((await stack.up()).summary).toEqual({ ...none, replace: 1 });
      expect(await stack.destroy()).toMatchObject({ status: 0, summary: { ...none, delete: 1 } });
      expect(await readFile(join(stack.directory, "store.json"), "utf8")).toBe("{}");
    });
  });

  it("shows drift at refresh, and repairs it", async () => {
    await withFake({}, async (stack) => {
      await stack.up();
      const store = join(stack.directory, "store.json");
      await writeFile(store, JSON.stringify({ "thing-a-here": { value: "drifted" } }));
      expect((await stack.refresh()).summary).toEqual({ ...none, update: 1 });
      expect((await stack.up()).summary).toEqual({ ...none, update: 1 });
      expect(JSON.parse(await readFile(store, "utf8"))).toEqual({
        "thing-a-here": { value: "one" },
      });
      await writeFile(store, "{}");
      expect((await stack.refresh()).summary).toEqual({ ...none, delete: 1 });
    });
  });

  it("reports a failed step, keeps what was made and repairs it with the next up", async () => {
    await withFake({ program: program("one", ', fail: "after"') }, async (stack) => {
      const failed = await stack.up();
      expect(failed.status).not.toBe(0);
      expect(failed.steps).toMatchObject([{ name: "a", op: "create", failed: true }]);
      expect(failed.messages.join("\n")).toContain("it did not start");
      const [thing] = (await stack.export()).deployment.resources!.filter(
        (each) => each.initErrors,
      );
      expect(thing).toMatchObject({ id: "thing-a-here", initErrors: ["it did not start"] });

      await stack.setProgram(program("one"));
      expect(await stack.up()).toMatchObject({ status: 0, summary: { ...none, update: 1 } });
      expect((await stack.destroy()).summary).toEqual({ ...none, delete: 1 });
    });
  });

  it("imports an exported state", async () => {
    await withFake({}, async (stack) => {
      await stack.up();
      const state = await stack.export();
      await writeFile(join(stack.directory, "store.json"), "{}");
      await stack.refresh();
      expect((await stack.preview()).summary).toEqual({ ...none, create: 1 });
      await stack.import(state);
      expect((await stack.preview()).summary).toEqual({ ...none, same: 1 });
    });
  });

  it("hands configuration, secrets and environment to the program", async () => {
    const text = `
      const pulumi = require("@pulumi/pulumi");
      const config = new pulumi.Config("fake");
      exports.plain = config.require("plain");
      exports.secret = config.requireSecret("secret");
      exports.env = [process.env.GIVEN, process.env.SSH_AUTH_SOCK ?? "no agent", process.env.HOME];
    `;
    process.env.SSH_AUTH_SOCK ??= "/nonexistent/agent";
    await withFake({ program: text, env: { GIVEN: "given" } }, async (stack) => {
      await stack.setConfig("fake:plain", "-plain");
      await stack.setConfig("fake:secret", "hidden", true);
      expect((await stack.up()).stdout).not.toContain("hidden");
      const env = ["given", "no agent", stack.directory];
      expect(await stack.outputs()).toEqual({ plain: "-plain", secret: "hidden", env });
    });
  });

  it("keeps keys of hosts where ssh looks for them, in the stack's own home", async () => {
    await withFake({}, async (stack) => {
      await trustHost(stack, { privateKey: "key one", knownHostsLine: "one ssh-ed25519 AAAA" });
      await trustHost(stack, { privateKey: "key two", knownHostsLine: "two ssh-ed25519 AAAB\n" });
      const read = (name: string) => readFile(join(stack.env.HOME!, ".ssh", name), "utf8");
      expect(await read("known_hosts")).toBe("one ssh-ed25519 AAAA\ntwo ssh-ed25519 AAAB\n");
      expect(await read("id_ed25519")).toBe("key two");
    });
  });

  it("runs a TypeScript program, with its types checked", async () => {
    const typed = (value: string) => `
      import * as pulumi from "@pulumi/pulumi";
      export const one: pulumi.Output<number> = pulumi.output(${value});
    `;
    const options = { language: "typescript", program: typed("1") } as const;
    await withFake(options, async (stack) => {
      expect((await stack.up()).status).toBe(0);
      expect(await stack.outputs()).toEqual({ one: 1 });
      await stack.setProgram(typed('"1"'));
      const wrong = await stack.preview();
      expect(wrong.status).not.toBe(0);
      expect(wrong.stdout + wrong.stderr).toContain("TS2322");
    });
  });
});
