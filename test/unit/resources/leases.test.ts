/** Which addresses a lease tries, and how much has to be sent for that. */
import { describe, expect, it } from "vitest";
import { parseAddress, parseCidr } from "../../../provider/freebsd/address.js";
import { takeLease } from "../../../provider/freebsd/lease.js";
import { toRange } from "../../../provider/resources/ip-range.js";

const range = (more: object) => toRange({ interface: "em0", exclude: [], ...more });
const mark = "owner:0123456789abcdef:urn#00000000";

/** The candidates, without the function's name, the directory and the mark. */
const candidates = (more: object, of = mark): string[] => {
  const { argv } = takeLease("/leases", of, range(more).free);
  expect(argv.slice(0, 3)).toEqual(["take_lease", "/leases", of]);
  return argv.slice(3);
};
const bytes = (words: readonly string[]): number => words.join(" ").length;

describe("candidates for a lease", () => {
  it("are walked on the host, lowest first, without the network's own addresses", () => {
    expect(candidates({ cidr: "10.0.0.0/28" })).toEqual(["w", "10.0.0.", "1", "14"]);
  });

  it("leave out the gateway and the exclusions", () => {
    const exclude = ["10.0.0.4-10.0.0.6", "10.0.0.8/30"];
    expect(candidates({ cidr: "10.0.0.0/28", gateway: "10.0.0.1", exclude }).join(" ")).toBe(
      "w 10.0.0. 2 3 w 10.0.0. 7 7 w 10.0.0. 12 14",
    );
  });

  it("are walked by the last number of an address", () => {
    expect(candidates({ first: "10.0.0.250", last: "10.0.2.3" }).join(" ")).toBe(
      "w 10.0.0. 250 255 w 10.0.1. 0 255 w 10.0.2. 0 3",
    );
  });

  it("of the largest range that is walked fit into a few kilobytes", () => {
    const words = candidates({ cidr: "10.7.0.0/16" });
    expect(words.length).toBe(256 * 4);
    expect(bytes(words)).toBeLessThan(8192);
  });

  it("are listed for small IPv6 ranges", () => {
    expect(candidates({ first: "fd00::ffff", last: "fd00::1:1" })).toEqual(
      ["fd00::ffff", "fd00::1:0", "fd00::1:1"].flatMap((address) => ["a", address]),
    );
    expect(bytes(candidates({ cidr: "fd00:1:2:3:4:5:6:fc00/118" }))).toBeLessThan(64 * 1024);
  });

  it.each(["10.0.0.0/8", "fd00:1::/64"])("are picked for %s, which is never walked", (cidr) => {
    const words = candidates({ cidr });
    expect(words).toHaveLength(128);
    expect(bytes(words)).toBeLessThan(4096);
    const span = parseCidr(cidr)!;
    const picked = words.filter((_, i) => i % 2 === 1).map((text) => parseAddress(text)!);
    expect(picked.every(({ value }) => value > span.first && value <= span.last)).toBe(true);
    expect(new Set(picked.map(({ value }) => value)).size).toBe(64);
  });

  it("are picked by the mark: the same again for one jail, others for another", () => {
    const lan = { cidr: "fd00:1::/64" };
    expect(candidates(lan)).toEqual(candidates(lan));
    const other = candidates(lan, mark.replace("0123", "4567"));
    expect(candidates(lan).filter((word) => word !== "a" && other.includes(word))).toEqual([]);
  });

  it("avoid what is excluded of a large range", () => {
    const words = candidates({ cidr: "10.0.0.0/8", exclude: ["10.0.0.0/9"] });
    const picked = words.filter((word) => word !== "a");
    expect(picked.every((text) => Number(text.split(".")[1]) >= 128)).toBe(true);
  });
});
