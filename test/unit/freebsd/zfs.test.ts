/** zfs(8) list: datasets, snapshots and clones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Dataset,
  listDatasets,
  parseDatasets,
  parseDestruction,
  parseSnapshots,
  zfsFault,
} from "../../../provider/freebsd/zfs.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

/** As zfs(8) prints the columns that the provider asks for. */
const show = ({ name, mountpoint, mounted, origin = "-", mark = "-" }: Dataset) =>
  `${name}\t${mountpoint}\t${mounted ? "yes" : "no"}\t${origin}\t${mark}`;

/** No session asks for just these columns: the missing ones are put in between recorded ones. */
function recordedDatasets(release: (typeof releases)[number]): string {
  const column = "zfs list -Hp -o name,type,mountpoint,origin,used -d 0 tank/jails/containers/web";
  const [name, , mountpoint, origin] = answer(release, "12", column).stdout.split("\t");
  const marks = answer(release, "12", "zfs list -Hp -o name,acme:owner -d 1 tank/jails/containers");
  return marks.stdout
    .split("\n")
    .map((line) => line.split("\t"))
    .flatMap(([each, mark]) => {
      if (mark === undefined) return [];
      if (each === name) return [`${name}\t${mountpoint}\tyes\t${origin}\t${mark}\n`];
      return [`${each}\t/jz/containers\tyes\t-\t${mark}\n`];
    })
    .join("");
}
const snapshotsOf = "tank/jails/templates/13.2-RELEASE";
const listing = `zfs list -H -t snapshot -o name,clones -d 1 ${snapshotsOf}`;
const owner = "acme/prod/web";

describe.each(releases)("on %s", (release) => {
  it("datasets are read with their origins and marks", () => {
    expect([...parseDatasets(printed(recordedDatasets(release))).values()]).toEqual([
      { name: "tank/jails/containers", mountpoint: "/jz/containers", mounted: true },
      {
        name: "tank/jails/containers/web",
        mountpoint: "/jz/containers/web",
        mounted: true,
        origin: "tank/jails/templates/13.2-RELEASE@base",
        mark: owner,
      },
    ]);
  });

  it("snapshots are read with their clones", () => {
    const all = answers(release, /^zfs list -H -t snapshot -o name,clones /);
    expect(all.map((each) => [...parseSnapshots(each)])).toEqual([
      [["tank/jails/templates/13.2-RELEASE@base", ["tank/jails/containers/web"]]],
    ]);
  });

  it("datasets that do not exist are none; whatever else zfs says is an error", () => {
    const missing = answers(release, /^zfs list .*/).filter(({ status }) => status !== 0);
    expect(missing.length).toBeGreaterThan(0);
    for (const result of missing) {
      expect(parseDatasets(result).size).toBe(0);
      expect(parseSnapshots(result).size).toBe(0);
    }
    const denied = { status: 1, stdout: "", stderr: "cannot open 'tank': permission denied\n" };
    expect(() => parseDatasets(denied)).toThrow("permission denied");
    expect(() => parseSnapshots(denied)).toThrow(/^zfs list answered/);
    expect(zfsFault(denied)).toMatch(/permission denied/);
    expect(zfsFault(missing[0]!)).toBeUndefined();
  });

  it("damaged answers never make a wrong picture", () => {
    expectNeverWrong({
      texts: [recordedDatasets(release)],
      read: (text) => [...parseDatasets(printed(text)).values()].map(show),
      said: (text) => linesIn(text).map((line) => line.replace("\t-\t-\t", "\t-\tno\t")),
      error: /^zfs list answered /,
    });
    expectNeverWrong({
      texts: [answer(release, "12", listing).stdout],
      read: (text) => [...parseSnapshots(printed(text))].map(([name, to]) => `${name}\t${to}`),
      said: (text) =>
        linesIn(text).map((line) => line.replace(/(?<=[\t,]),|,$|(?<=[\t,])-(,|$)/g, "")),
      error: /^zfs list answered /,
    });
  });
});

const name = fc.stringMatching(/^[a-z]{1,4}(\/[\w.:-]([\w .:-]{0,8}[\w.:-])?){0,3}$/);
const snapshot = fc.tuple(name, name).map(([of, as]) => `${of}@${as.replaceAll("/", "")}`);

it("whatever datasets there are come back, blanks in names included", () => {
  const dataset = fc.record(
    {
      name,
      mountpoint: fc.oneof(
        fc.constantFrom("none", "legacy", "-"),
        name.map((path) => `/${path}`),
      ),
      mounted: fc.boolean(),
      origin: snapshot,
      mark: fc.stringMatching(/^owner:[0-9a-f]{16}:[\w.:/%-]{1,20}$/),
    },
    { requiredKeys: ["name", "mountpoint", "mounted"] },
  );
  fc.assert(
    fc.property(fc.uniqueArray(dataset, { selector: (each) => each.name }), (datasets) => {
      const text = datasets.map((each) => `${show(each)}\n`).join("");
      expect([...parseDatasets(printed(text)).values()]).toEqual(datasets);
    }),
  );
});

it("whatever snapshots there are come back with their clones", () => {
  const list = fc.uniqueArray(fc.tuple(snapshot, fc.array(name, { maxLength: 3 })), {
    selector: ([each]) => each,
  });
  fc.assert(
    fc.property(list, fc.constantFrom("", "-"), (snapshots, none) => {
      const line = ([each, clones]: [string, string[]]) => `${each}\t${clones.join() || none}\n`;
      expect([...parseSnapshots(printed(snapshots.map(line).join("")))]).toEqual(snapshots);
    }),
  );
});

it("a volume among the datasets of others is none of ours", () => {
  const [volume] = parseDatasets(printed("tank/vol\t-\t-\t-\t-\n")).values();
  expect(volume).toEqual({ name: "tank/vol", mountpoint: "-", mounted: false });
});

it("of all datasets below one, those that were asked for are picked, however strange the others", () => {
  const [web, strange] = ["tank/c/web\t/c/web\tyes\t-\t-", "tank/c/x\t/c/new\nline\tyes\t-\t-"];
  const { pick } = listDatasets(["tank/c/web", "tank/c/nosuch"], ["tank/c"]).wide!;
  const picked = pick(printed(`${strange}\n${web}\n`));
  expect([...parseDatasets(picked).keys()]).toEqual(["tank/c/web"]);
});

it.each([
  "tank/a\t/a\tyes\t-",
  "tank/a\t/a\tyes\t-\t-\t-",
  "tank/a\t/a\tmaybe\t-\t-",
  "tank/a\ta\tyes\t-\t-",
  "tank/a\t/a\tyes\ttank/b\t-",
  "tank/a@s\t/a\tyes\t-\t-",
  "",
])("is no dataset: %j", (line) =>
  expect(() => parseDatasets(printed(`${line}\n`))).toThrow(/^zfs list answered/),
);

it.each(releases)("a dry run of zfs destroy on %s names what goes, or is in the way", (release) => {
  const said = (more: string) =>
    parseDestruction(answer(release, "12", `zfs destroy -nvp ${more}`));
  const [web, template] = ["tank/jails/containers/web", "tank/jails/templates/13.2-RELEASE"];
  expect(said(web)).toEqual([web]);
  expect(said(`-r ${template}`)).toEqual([web]);
  expect(said(`-R ${template}`)).toEqual([web, `${template}@base`, template]);
  const gone = "cannot open 'tank/x': dataset does not exist\n";
  expect(parseDestruction({ status: 1, stdout: "", stderr: gone })).toEqual([]);
});
