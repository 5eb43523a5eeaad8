import { expect, it } from "vitest";
import { once } from "../../../provider/freebsd/once.js";

it("parses each answer once, and equal answers apart", () => {
  let parsed = 0;
  const parse = once(({ stdout }) => {
    parsed++;
    return [stdout];
  });
  const answer = { status: 0, stdout: "a", stderr: "" };
  expect(parse(answer)).toBe(parse(answer));
  expect(parsed).toBe(1);
  expect(parse({ ...answer })).toEqual(["a"]);
  expect(parsed).toBe(2);
});

it("remembers answers without a value, too", () => {
  let parsed = 0;
  const parse = once(() => {
    parsed++;
    return undefined;
  });
  const answer = { status: 1, stdout: "", stderr: "" };
  parse(answer);
  parse(answer);
  expect(parsed).toBe(1);
});
