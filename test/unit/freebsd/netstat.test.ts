/** netstat(1): the default route. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "../../../provider/freebsd/address.js";
import { parseDefaultGateway } from "../../../provider/freebsd/netstat.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const routes = (...lines: string[]) =>
  printed(
    `Routing tables\n\nInternet:\nDestination Gateway Flags Netif Expire\n${lines.join("\n")}\n`,
  );

describe.each(releases)("on %s", (release) => {
  it("the default gateway is read", () => {
    const all = answers(release, /^netstat -rn -f inet$/);
    expect(all.map(parseDefaultGateway)).toEqual(["10.0.2.2"]);
  });

  it("damaged answers never make a wrong gateway", () => {
    expectNeverWrong({
      texts: [answer(release, "01", "netstat -rn -f inet").stdout],
      read: (text) => [parseDefaultGateway(printed(text)) ?? "none"],
      said: (text) => {
        const word =
          linesIn(text)
            .find((line) => /^default\b/.test(line))
            ?.split(/ +/)[1] ?? "";
        const address = parseAddress(word);
        return [address === undefined ? "none" : formatAddress(address)];
      },
      error: /^netstat answered /,
    });
  });
});

it.each([
  ["default            10.0.2.2           UGS      vtnet0", "10.0.2.2"],
  ["default 192.0.2.1 UGS em0.5 3600", "192.0.2.1"],
  [
    "default                           2001:DB8:0::1                 UGS         em0",
    "2001:db8::1",
  ],
  ["default fe80::1%em0 UG em0", undefined],
  ["default link#3 US tun0", undefined],
  ["default 58:9c:fc:10:17:38 US epair0a", undefined],
])("%s", (line, gateway) => expect(parseDefaultGateway(routes(line))).toBe(gateway));

it("without a default route there is no gateway", () => {
  expect(parseDefaultGateway(routes("10.0.2.0/24 link#1 U vtnet0"))).toBeUndefined();
  expect(parseDefaultGateway(printed("Routing tables\n"))).toBeUndefined();
  expect(parseDefaultGateway(printed("Routing tables (fib: 1)\n\nInternet6:\n"))).toBeUndefined();
});

it.each([
  "default",
  "default 10.0.2.2",
  "default 10.0.2.2 UGS",
  "default 10.0.2 UGS em0",
  "default:",
])("is an error: %s", (line) =>
  expect(() => parseDefaultGateway(routes(line))).toThrow(/^netstat answered "default/),
);

it("netstat that fails tells of no routes", () => {
  const failed = { status: 1, stdout: "", stderr: "netstat: sysctl: net.route\n" };
  expect(() => parseDefaultGateway(failed)).toThrow("netstat: sysctl");
  expect(() => parseDefaultGateway(printed(""))).toThrow(/^netstat answered/);
});

it("whatever the gateway is, it comes back", () => {
  const value = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n });
  fc.assert(
    fc.property(value, fc.nat({ max: 30 }), (number, width) => {
      const gateway = formatAddress({ family: "inet", value: number });
      const line = `default ${" ".repeat(width)}${gateway} UGS em0`;
      expect(parseDefaultGateway(routes("0.0.0.0/8 link#1 U em0", line))).toBe(gateway);
    }),
  );
});
