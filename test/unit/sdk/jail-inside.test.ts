/** What the SDK makes of files from assets, and of users' passwords. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { BaseRelease, Jail, type JailArgs, JailPackage } from "../../../sdk/index.js";
import { registrationsOf, secret } from "./mocks.js";

const host = "ssh://root@192.0.2.1";
const release = "15.1-RELEASE";

async function inputsOf(args: Pick<JailArgs, "files" | "users">) {
  const { web } = await registrationsOf(() => {
    const base = new BaseRelease("base", { host, release });
    new Jail("web", { host, base, ...args });
  });
  return web!.inputs;
}

it("files from assets are sent with all their bytes, texts as texts", async () => {
  const directory = await mkdtemp(join(tmpdir(), "asset-"));
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const path = join(directory, "all");
  await writeFile(path, bytes);
  const text = "\ufeffplain: ä\r\n";
  try {
    const all = { source: new pulumi.asset.FileAsset(path), mode: "0600" };
    const { files } = await inputsOf({
      files: {
        "/all": all,
        "/later": pulumi.output(Promise.resolve(all)),
        "/text": { source: new pulumi.asset.StringAsset(text) },
        "/plain": { content: pulumi.secret("x") },
      },
    });
    const whole = { base64: bytes.toString("base64"), mode: "0600" };
    expect(files).toEqual({
      ...{ "/all": whole, "/later": whole, "/text": { content: text } },
      "/plain": { content: secret("x") },
    });
    const { files: later } = await inputsOf({ files: pulumi.output({ "/all": all }) });
    expect(later).toEqual({ "/all": whole });
  } finally {
    await rm(directory, { recursive: true });
  }
});

it("files of a package may come from assets, too", async () => {
  const { app } = await registrationsOf(() => {
    const base = new BaseRelease("base", { host, release });
    const source = new pulumi.asset.StringAsset("text");
    new JailPackage("app", { host, version: "1", build: { base, files: { "/a": { source } } } });
  });
  expect(app!.inputs.build).toMatchObject({ files: { "/a": { content: "text" } } });
});

it("of users only the password is a secret", async () => {
  const { users } = await inputsOf({ users: { app: { uid: 1, password: "$6$x" }, old: false } });
  expect(users).toEqual({ app: { uid: 1, password: secret("$6$x") }, old: false });
});
