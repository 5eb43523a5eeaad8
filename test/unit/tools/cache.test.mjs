import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheDirectory, makeOnce } from "../../tools/cache.mjs";
import { makeScratch } from "./scratch.mjs";

describe("cacheDirectory", () => {
  it("follows PULUMI_FREEBSD_CACHE, then XDG_CACHE_HOME", () => {
    const both = { PULUMI_FREEBSD_CACHE: "/mine", XDG_CACHE_HOME: "/xdg" };
    expect(cacheDirectory(both)).toBe("/mine");
    expect(cacheDirectory({ XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/pulumi-freebsd");
  });
});

describe("makeOnce", () => {
  it("lets one of two that make it at once win, and leaves nothing else behind", async () => {
    const directory = await makeScratch();
    const target = join(directory, "deep", "thing");
    const make = (content) =>
      makeOnce(target, (staging) => writeFile(join(staging, "content"), content));
    expect(await Promise.all([make("one"), make("two")])).toEqual([target, target]);
    expect(await readFile(join(target, "content"), "utf8")).toMatch(/^(one|two)$/);
    expect(await readdir(join(directory, "deep"))).toEqual(["thing"]);
  });

  it("gives the final name to nothing half-made", async () => {
    const directory = await makeScratch();
    const broken = makeOnce(join(directory, "thing"), async (staging) => {
      await mkdir(join(staging, "half"));
      throw new Error("no more");
    });
    await expect(broken).rejects.toThrow("no more");
    expect(await readdir(directory)).toEqual([]);
  });
});
