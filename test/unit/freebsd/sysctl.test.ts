/** sysctl(8) and id(1): what a host says of itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FactResults, parseFacts, releaseDate } from "../../../provider/freebsd/sysctl.js";
import { answer, type RecordedRelease, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const hostuuid = "4c4c4544-0000-1010-8010-b2c04f333432";

/** No session asks for kern.hostuuid; the other values stand in a recorded answer, in another order. */
function recorded(release: RecordedRelease): FactResults {
  const command = "sysctl -n kern.osreldate hw.machine_arch hw.machine hw.ncpu hw.physmem";
  const [osreldate, arch, machine] = answer(release, "01", command).stdout.split("\n");
  return {
    sysctl: printed(`${hostuuid}\n${osreldate}\n${machine}\n${arch}\n`),
    parameters: answer(release, "01", "sysctl -N security.jail.param"),
    uid: answer(release, "01", "id -u"),
    hostKeys: printed(""),
  };
}

describe.each(releases)("on %s", (release) => {
  it("the host's facts are read", () => {
    const facts = parseFacts(recorded(release))!;
    expect(facts).toMatchObject({ hostuuid, machine: "amd64", machineArch: "amd64", uid: 0 });
    expect(facts.osreldate).toBeGreaterThanOrEqual(releaseDate(release));
    expect(facts.osreldate).toBeLessThan(releaseDate(release) + 1000);
    expect(facts.jailParameters.has("allow.raw_sockets")).toBe(true);
    expect(facts.jailParameters.has("allow.mount")).toBe(true);
    expect(facts.jailParameters.has("meta")).toBe(release === "15.1-RELEASE");
    expect([...facts.jailParameters].filter((name) => name.endsWith("."))).toEqual([]);
  });

  it("a host whose sysctl knows no such names is no FreeBSD host", () => {
    const sysctl = answer(release, "01", "sysctl -n no.such.oid");
    expect(parseFacts({ ...recorded(release), sysctl })).toBeUndefined();
  });

  it("damaged answers never make a wrong fact", () => {
    const results = recorded(release);
    const wrong = new Error("no facts");
    expectNeverWrong({
      texts: [results.sysctl.stdout],
      read: (text) => {
        const facts = parseFacts({ ...results, sysctl: printed(text) });
        if (facts === undefined) throw wrong;
        return [facts.hostuuid, `${facts.osreldate}`, facts.machine, facts.machineArch];
      },
      said: linesIn,
      error: /^no facts$/,
    });
    expectNeverWrong({
      texts: [results.parameters.stdout],
      read: (text) => [...parseFacts({ ...results, parameters: printed(text) })!.jailParameters],
      said: (text) =>
        linesIn(text)
          .filter((line) => !line.endsWith("."))
          .map((line) => line.replace("security.jail.param.", "")),
      error: /^sysctl answered /,
    });
    expectNeverWrong({
      texts: ["1001\n"],
      read: (text) => [`${parseFacts({ ...results, uid: printed(text) })!.uid}`],
      said: (text) => linesIn(text),
      error: /^id -u answered /,
    });
  });

  it("an answer that is missing is not taken for root's, or for a kernel without jails", () => {
    const failed = { status: 1, stdout: "", stderr: "Cannot fork\n" };
    expect(() => parseFacts({ ...recorded(release), uid: failed })).toThrow("Cannot fork");
    expect(() => parseFacts({ ...recorded(release), uid: printed("") })).toThrow(/^id -u answered/);
    expect(() => parseFacts({ ...recorded(release), parameters: failed })).toThrow("Cannot fork");
  });
});

it("a release has the number that kernels of it have, patched or not", () => {
  expect(releaseDate("13.2-RELEASE")).toBe(1_302_000);
  expect(releaseDate("15.1-RELEASE-p1")).toBe(1_501_000);
  expect(() => releaseDate("15.1")).toThrow(RangeError);
  const part = fc.nat({ max: 99 });
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const order = a - c || b - d;
      const difference = releaseDate(`${a}.${b}-RELEASE`) - releaseDate(`${c}.${d}-RELEASE`);
      expect(Math.sign(difference)).toBe(Math.sign(order));
    }),
  );
});
