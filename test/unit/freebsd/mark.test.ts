/** Marks: whose a thing on the host is. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatMark, idOf, parseMark } from "../../../provider/freebsd/mark.js";
import { answer, answers, releases } from "../transcripts.js";
import { damaged } from "./damage.js";

it("name their owner, whatever it is called", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), (owner) => {
      // A lone surrogate has no UTF-8 form, so no URN holds one.
      fc.pre(!/\p{Surrogate}/u.test(owner));
      const text = formatMark({ id: idOf(owner), owner });
      expect(text).toMatch(/^owner:[0-9a-f]{16}:[A-Za-z0-9._:/%-]+$/);
      expect(parseMark(text)).toEqual({ id: idOf(owner), owner });
      expect(parseMark(`${text}#0a`)).toEqual({ id: idOf(owner), owner });
    }),
  );
});

it("stay below PATH_MAX and stay different", () => {
  const long = (end: string) => formatMark({ id: idOf("x"), owner: "é".repeat(2000) + end });
  expect(long("a").length).toBeLessThan(1000);
  expect(long("a")).not.toBe(long("b"));
});

it.each(releases)("are no texts of others: links, properties and comments on %s", (release) => {
  const texts = [
    answer(release, "02", "readlink /tmp/t/a/10.0.0.5").stdout,
    ...answers(release, /^zfs (list|get) .*acme:owner/).map(({ stdout }) => stdout),
  ];
  expect(texts.length).toBeGreaterThan(1);
  for (const text of texts) expect(parseMark(text)).toBeUndefined();
});

it("of a damaged mark nothing is believed that is not in it", () => {
  const owner = "urn:pulumi:dev::site::freebsd:index:Jail::web page";
  fc.assert(
    fc.property(damaged(formatMark({ id: idOf(owner), owner })), (text) => {
      const mark = parseMark(text);
      if (mark === undefined) return;
      const [, id, ...rest] = text.trim().split(":");
      expect(mark.id).toBe(id);
      expect(mark.owner).toBe(decodeURIComponent(rest.join(":").replace(/#.*/, "")));
    }),
    { numRuns: 1000 },
  );
});
