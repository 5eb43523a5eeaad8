import { describe, expect, it } from "vitest";
import { readArguments } from "../../../examples/demo/arguments.mjs";
import { listDifferences } from "../../../examples/demo/compare.mjs";

describe("listDifferences", () => {
  it("names what went and what came, and minds neither order nor number less than it should", () => {
    expect(listDifferences(["one", "two"], ["two", "one"])).toEqual([]);
    expect(listDifferences(["one", "two"], ["new", "one"])).toEqual(["- two", "+ new"]);
    expect(listDifferences(["one"], ["one", "one"])).toEqual(["+ one"]);
  });
});

describe("readArguments", () => {
  it("takes a host with its options, or nothing", () => {
    expect(readArguments([])).toEqual({});
    const given = readArguments(["--host", "ssh://root@a", "--dataset", "zroot/jails"]);
    expect(given).toEqual({ host: "ssh://root@a", dataset: "zroot/jails" });
  });

  it("explains itself for anything else", () => {
    expect(() => readArguments(["--hots", "x"])).toThrow(/Unknown option.*npm run demo/s);
    expect(() => readArguments(["--dataset", "x"])).toThrow(/give --host, too/);
  });
});
