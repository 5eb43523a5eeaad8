import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliOnPath } from "../../tools/pulumi-cli/find.mjs";
import { pulumiCli } from "../../tools/pulumi-cli.mjs";
import { makeScratch, setEnvironment, writeScript } from "./scratch.mjs";

async function putPrograms(...names) {
  const directory = await makeScratch();
  for (const name of names) await writeScript(join(directory, name), "echo v3.200.0");
  return directory;
}

const all = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

describe("cliOnPath", () => {
  it("takes the directory of a complete one, and nothing without a language host", async () => {
    const directory = await putPrograms(...all);
    expect(await cliOnPath(`/nonexistent:${directory}`)).toBe(directory);
    expect(await cliOnPath(await putPrograms("pulumi"))).toBeUndefined();
    expect(await cliOnPath("/nonexistent")).toBeUndefined();
  });

  it("refuses one that does not run, or of another major version", async () => {
    const broken = await putPrograms(...all);
    await writeScript(join(broken, "pulumi"), "exit 1");
    expect(await cliOnPath(broken)).toBeUndefined();
    await writeScript(join(broken, "pulumi"), "echo v2.25.0");
    expect(await cliOnPath(broken)).toBeUndefined();
  });

  it("adds the SDK's launcher where it is missing", async () => {
    const cache = await makeScratch();
    setEnvironment("PULUMI_FREEBSD_CACHE", cache);
    const directory = await putPrograms("pulumi", "pulumi-language-nodejs");
    const completed = await cliOnPath(directory);
    expect(dirname(completed)).toBe(cache);
    expect((await readdir(completed)).sort()).toEqual(all);
    const launcher = await readFile(join(completed, "pulumi-resource-pulumi-nodejs"), "utf8");
    expect(launcher).toContain("@pulumi/pulumi/cmd/dynamic-provider");
    expect(await cliOnPath(directory)).toBe(completed);
  });
});

describe("pulumiCli", () => {
  it("prefers PATH, then what was downloaded, then what was built", async () => {
    const cache = await makeScratch();
    setEnvironment("PULUMI_FREEBSD_CACHE", cache);
    setEnvironment("PATH", "/nonexistent");
    const built = join(cache, "pulumi-3.250.0", "bin");
    for (const name of all) await writeScript(join(built, name), "");
    expect(await pulumiCli()).toEqual({ path: built, how: "built" });
    const npm = join(cache, "pulumi-npm-3.250.0", "versions", "3.250.0", "bin");
    for (const name of all) await writeScript(join(npm, name), "");
    expect(await pulumiCli()).toEqual({ path: npm, how: "npm" });
    const path = await putPrograms(...all);
    setEnvironment("PATH", `${path}:/usr/bin:/bin`);
    expect(await pulumiCli()).toEqual({ path, how: "path" });
  });

  it("builds where downloading is not possible, and keeps the result", async () => {
    const directory = await makeScratch();
    setEnvironment("PULUMI_FREEBSD_CACHE", join(directory, "cache"));
    await writeScript(join(directory, "npm"), "echo 'no registry here' >&2; exit 1");
    await writeScript(join(directory, "go"), fakeGo(directory));
    await writeScript(join(directory, "nodejs", "dist", all[2]), "");
    setEnvironment("PATH", `${directory}:/usr/bin:/bin`);
    const lines = [];
    const { path, how } = await pulumiCli({ say: (line) => lines.push(line) });
    expect(how).toBe("built");
    expect((await readdir(path)).sort()).toEqual(all);
    expect(lines.join("\n")).toContain("no registry here");
    await writeScript(join(directory, "go"), "exit 1");
    expect(await pulumiCli()).toEqual({ path, how: "built" });
  });

  it("says what was tried when there is no way", async () => {
    const directory = await makeScratch();
    setEnvironment("PULUMI_FREEBSD_CACHE", join(directory, "cache"));
    await writeScript(join(directory, "npm"), "echo 'no registry here' >&2; exit 1");
    setEnvironment("PATH", directory);
    await expect(pulumiCli()).rejects.toThrow(/npm: .*no registry here.*built: `go` is not on/s);
  });
});

/** A `go` whose builds are empty scripts, and whose module directory is the given one. */
function fakeGo(directory) {
  return `case $1 in
    version) ;;
    list) echo ${directory} ;;
    build) while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2"; chmod 755 "$2" ;;
  esac`;
}
