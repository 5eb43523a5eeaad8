import { expect, test } from "vitest";
import { rename } from "./rename.js";
import { commandOf } from "./replay.js";
import { readSession, releases, sessionNames } from "./transcripts.js";

/** Names, addresses and paths of the recordings, as no system has them of its own. */
const RECORDED =
  /web|\btank\b|\/usr\/local\/jails|\/jz\b|acme|bastille|\b10\.0\.2\.1[0-3]\d\b|\b10\.50\.0\b|\b10\.9\.9\b|epair7/;

test("no recorded name is left", () => {
  const commands = releases.flatMap((release) =>
    sessionNames(release).flatMap((session) => readSession(release, session).map(commandOf)),
  );
  expect(commands.filter((command) => RECORDED.test(command)).length).toBeGreaterThan(500);
  expect(commands.map(rename).filter((command) => RECORDED.test(command))).toEqual([]);
});

test("different names stay different", () => {
  const names = "web www bad db thin vn tank jz 10.0.2.101 10.0.2.102 10.50.0.7 10.9.9.9".split(
    " ",
  );
  expect(new Set(names.map((name) => rename(`/${name}`))).size).toBe(names.length);
});

test("what is no name stays as it is", () => {
  const text = "chown www:www /var/db; 999.0.0.1: bad value; cannot set: bad numeric value; vnet";
  expect(rename(text)).toBe(text);
});
