import { mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildPackage } from "../../tools/setup/build.mjs";
import { installDependencies } from "../../tools/setup/install.mjs";
import { linkPackage } from "../../tools/setup/link.mjs";
import { makeScratch, setEnvironment, writeScript } from "./scratch.mjs";

/** A repository and an `npm` that does what the script says; `done` collects the lines said. */
async function makeRepository(npm) {
  const directory = await makeScratch();
  const repository = join(directory, "repository");
  await mkdir(repository);
  await writeScript(join(directory, "bin", "npm"), npm);
  setEnvironment("PATH", `${join(directory, "bin")}:/usr/bin:/bin`);
  const said = [];
  return { repository, said, say: (line) => said.push(line) };
}

describe("installDependencies", () => {
  const lock = (packages) => JSON.stringify({ packages: { "": {}, ...packages } });
  const one = { version: "1.0.0", integrity: "sha512-one" };
  const two = { ...one, version: "2.0.0", integrity: "sha512-two" };

  async function install(wanted, present) {
    const { repository, said, say } = await makeRepository("exit 0");
    await writeFile(join(repository, "package-lock.json"), lock(wanted));
    if (present) {
      await mkdir(join(repository, "node_modules"));
      await writeFile(join(repository, "node_modules", ".package-lock.json"), lock(present));
    }
    await installDependencies(repository, say);
    return said.length > 0;
  }

  it("installs what is missing or of another version, and only then", async () => {
    const wanted = { "node_modules/a": one };
    expect(await install(wanted, undefined)).toBe(true);
    expect(await install(wanted, {})).toBe(true);
    expect(await install(wanted, { "node_modules/a": two })).toBe(true);
    expect(await install(wanted, wanted)).toBe(false);
  });

  it("does not mind optional packages that could not be installed", async () => {
    const wanted = { "node_modules/a": one, "node_modules/b": { ...two, optional: true } };
    expect(await install(wanted, { "node_modules/a": one })).toBe(false);
    const other = { "node_modules/a": one, "node_modules/b": one };
    expect(await install(wanted, other)).toBe(true);
  });

  it("fails when npm fails", async () => {
    const { repository, say } = await makeRepository("echo broken >&2; exit 1");
    await writeFile(join(repository, "package-lock.json"), lock({ "node_modules/a": one }));
    await expect(installDependencies(repository, say)).rejects.toThrow(/broken/);
  });
});

describe("buildPackage", () => {
  const compiler = 'for last; do :; done; cat sdk/*.ts > "$last/index.js"';

  async function makeSources(npm = compiler) {
    const made = await makeRepository(npm);
    await mkdir(join(made.repository, "sdk"));
    for (const name of [
      "tsconfig.json",
      "tsconfig.build.json",
      "package.json",
      "package-lock.json",
    ])
      await writeFile(join(made.repository, name), "{}");
    await writeFile(join(made.repository, "sdk", "a.ts"), "one");
    return made;
  }

  it("builds when the sources are others than last time, and leaves no old file", async () => {
    const { repository, said, say } = await makeSources();
    const built = () => readFile(join(repository, "dist", "index.js"), "utf8");
    await buildPackage(repository, say);
    await buildPackage(repository, say);
    expect([said.length, await built()]).toEqual([1, "one"]);

    await writeFile(join(repository, "dist", "stale.js"), "");
    await writeFile(join(repository, "sdk", "a.ts"), "two");
    await buildPackage(repository, say);
    expect([said.length, await built()]).toEqual([2, "two"]);
    expect(await readdir(join(repository, "dist"))).toEqual(["index.js"]);
    await writeFile(join(repository, "tsconfig.json"), "{ }");
    await buildPackage(repository, say);
    expect(said.length).toBe(3);
    await rm(join(repository, "dist"), { recursive: true });
    await buildPackage(repository, say);
    expect(await built()).toBe("two");
  });

  it("leaves the last good build where a build fails", async () => {
    const { repository, say } = await makeSources(`[ -e dist ] && exit 2; ${compiler}`);
    await buildPackage(repository, say);
    await writeFile(join(repository, "sdk", "a.ts"), "two");
    await expect(buildPackage(repository, say)).rejects.toThrow(/status 2/);
    expect(await readFile(join(repository, "dist", "index.js"), "utf8")).toBe("one");
  });
});

describe("linkPackage", () => {
  it("links the repository into examples, also over something else", async () => {
    const repository = await makeScratch();
    const link = join(repository, "examples", "node_modules", "pulumi-freebsd");
    await mkdir(link, { recursive: true });
    await linkPackage(repository);
    await linkPackage(repository);
    expect(await readlink(link)).toBe("../..");
  });
});
