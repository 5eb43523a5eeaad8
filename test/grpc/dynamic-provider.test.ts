/**
 * What the server of dynamic resources does with a provider behind a literal, for the oldest and the newest SDK:
 * our provider relies on every line of this.
 */
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DynamicProvider, startDynamicProvider, unknownValue } from "./dynamic-provider.js";
import { makeProject, sdks } from "./project.js";
import { ProviderError } from "./provider-error.js";

const fakePackage = resolve(__dirname, "..", "fixtures", "fake-provider");
const literal = 'exports.handler = () => require("pulumi-freebsd/provider").thing;';
const urn = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/fake:Thing::a";

describe.each(sdks)("the dynamic provider of @pulumi/pulumi $version", ({ directory: sdk }) => {
  let project: Awaited<ReturnType<typeof makeProject>>;
  let server: DynamicProvider;
  let store: string;

  beforeAll(async () => {
    project = await makeProject(fakePackage);
    store = join(project.directory, "store.json");
    const config = { "fake:greeting": "hello", "other:key": "x" };
    server = await startDynamicProvider(sdk, project.directory, { provider: literal, config });
  });

  afterAll(async () => {
    await server?.stop();
    await project?.remove();
  });

  const inputs = (name: string, more: object = {}) => ({ name, store, value: "one", ...more });

  it("configures once, and does not wait for that: parallel first calls see the promise", async () => {
    const names = ["race1", "race2", "race3"];
    const made = await Promise.all(
      names.map((name) => server.create(urn, inputs(name, { greet: true }))),
    );
    expect(made.map((each) => each.properties.greeting)).toEqual(["hello", "hello", "hello"]);
  });

  it("creates, diffs, reads, updates and deletes, and keeps __provider in every result", async () => {
    const { id, properties } = await server.create(urn, inputs("a"));
    expect({ id, properties }).toEqual({
      id: "thing-a-here",
      properties: { ...inputs("a"), serial: "serial-of-thing-a-here", __provider: literal },
    });
    const same = { changes: false, replaces: [], deleteBeforeReplace: false };
    expect(await server.diff(id, urn, properties, inputs("a"))).toEqual(same);
    const moved = await server.diff(id, urn, properties, inputs("a", { place: "there" }));
    expect(moved).toMatchObject({ changes: true, replaces: ["place"] });
    const updated = await server.update(id, urn, properties, inputs("a", { value: "two" }));
    expect(updated).toMatchObject({ value: "two", __provider: literal });
    expect(await server.read(id, urn, properties)).toMatchObject({
      id,
      properties: { value: "two", __provider: literal },
      inputs: { value: "two", __provider: literal },
    });
    await server.delete(id, urn, updated);
    expect((await server.read(id, urn, updated)).id).toBe("");
  });

  it("passes failures of check, and the sentinel of unknown values, through", async () => {
    const bad = await server.check(urn, {}, inputs("a", { value: 5 }));
    expect(bad.failures).toEqual([{ property: "value", reason: "must be a string" }]);
    const open = await server.check(urn, {}, inputs("a", { value: unknownValue }));
    expect(open).toMatchObject({ failures: [], inputs: { value: unknownValue } });
    const diff = await server.diff("x", urn, inputs("a"), inputs("a", { value: unknownValue }));
    expect(diff.changes).toBe(true);
  });

  it("hands partial state to the engine, with the __provider that the error carries", async () => {
    const error = await failure(server.create(urn, inputs("half", { fail: "after" })));
    expect(error.message).toBe("the thing was made, but did not start");
    expect(error.details).toMatchObject({ id: "thing-half-here", reasons: ["it did not start"] });
    expect(error.details?.properties).toMatchObject({ name: "half", __provider: literal });
    const again = await failure(
      server.update("thing-half-here", urn, {}, inputs("half", { fail: "after" })),
    );
    expect(again.details?.id).toBe("thing-half-here");
  });

  it("does not add __provider to partial state by itself", async () => {
    const careless = `exports.handler = () => ({
      create() { throw Object.assign(new Error("half"), { id: "x", properties: { kept: 1 } }); }
    })`;
    const error = await failure(server.create(urn, { __provider: careless }));
    expect(error.details).toEqual({ id: "x", properties: { kept: 1 }, reasons: [] });
  });

  it("keeps nothing of a plain error", async () => {
    const error = await failure(server.create(urn, inputs("none", { fail: "before" })));
    expect(error).toMatchObject({ message: "nothing was made", code: 2, details: undefined });
  });

  it("refuses undefined in outputs, without saying where", async () => {
    const wrong = inputs("undefined", { fail: "undefined output" });
    expect((await failure(server.create(urn, wrong))).message).toBe("Unexpected struct type.");
  });

  it("shows to the user what the provider prints, and the stack of an error in check", async () => {
    const shout =
      "exports.handler = () => ({ check() { console.log('seen'); throw new Error('no') } })";
    expect((await failure(server.check(urn, {}, { __provider: shout }))).message).toContain("no");
    await expect.poll(() => server.printed()).toMatch(/seen/);
    await expect.poll(() => server.printed()).toMatch(/Error: no\n\s+at /);
  });
});

async function failure(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}
