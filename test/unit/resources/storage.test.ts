/** The layout: on ZFS where ZFS does not answer, and where a run died while it was made. */
import { expect, it } from "vitest";
import { parseStorage, planStorage } from "../../../provider/resources/storage.js";
import { answers, releases } from "../transcripts.js";

const storage = { root: "/jz", dataset: "tank/jails" };
const directories = { status: 1, stdout: "", stderr: "stat: /jz: No such file or directory\n" };
const parse = (layoutDatasets: { status: number; stdout: string; stderr: string }) =>
  parseStorage(storage, { directories, layoutDatasets });

it.each([
  [1, "internal error: failed to initialize ZFS library\n"],
  [1, "The ZFS modules cannot be auto-loaded.\nTry running 'kldload zfs' as root.\n"],
  [127, "zfs: not found\n"],
  [137, ""],
])("is refused, not taken for an empty host: %i %s", (status, stderr) => {
  expect(() => parse({ status, stdout: "", stderr })).toThrow(/ZFS does not answer on the host \(/);
});

it.each(releases)("datasets that do not exist are none on %s", (release) => {
  const [missing] = answers(release, /^zfs list .*nosuch/);
  expect(parse(missing!).datasets.size).toBe(0);
});

it("what a run made and did not remember is ours, too", () => {
  const plain = { root: "/j" };
  const remembered = (paths: string[]) => {
    const found = new Map(paths.map((path) => [path, "Directory"]));
    const commands = planStorage(plain, { directories: found, datasets: new Map() });
    return commands.find(({ argv }) => argv[0] === "remember")?.argv[1];
  };
  const all = ["/j", "/j/media", "/j/templates", "/j/containers"];
  expect(remembered([])).toBe(`made:${all.join()}`);
  expect(remembered(["/j"])).toBe(`made:${all.slice(1).join()}`);
  expect(remembered([...all, "/j/.pulumi-freebsd", "/j/.pulumi-freebsd/marks"])).toBe(
    `made:${all.join()}`,
  );
});
