/** ifconfig(8): interfaces and their addresses. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressBits,
  type Family,
  formatAddress,
  parseAddress,
} from "../../../provider/freebsd/address.js";
import { parseInterfaces } from "../../../provider/freebsd/ifconfig.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const all = "ifconfig -f inet:cidr,inet6:cidr -a";

/** Without -f, netmasks and lengths of prefixes are words of their own; the rest is what the provider is told. */
function asCidr(text: string): string {
  const length = (mask: string) => Number(mask).toString(2).replaceAll("0", "").length;
  return text
    .replace(/ netmask (0x\w+)/g, (_, mask: string) => `/${length(mask)}`)
    .replace(/ prefixlen (\d+)/g, "/$1");
}

const read = (text: string): string[] => {
  const { names, addresses } = parseInterfaces(printed(text));
  return [...names, ...addresses.map((a) => `${a.interface} ${a.address}/${a.prefix}`)];
};

/** Interfaces by the text before the colon, addresses by the second word and what follows the slash. */
function said(text: string): string[] {
  let name = "";
  return linesIn(text).flatMap((line) => {
    if (/^\S/.test(line)) {
      name = line.replace(/: flags=.*/, "");
      return [name];
    }
    const [kind = "", word = ""] = line.trim().split(" ");
    if (!["inet", "inet6"].includes(kind) || word.includes("%")) return [];
    const address = formatAddress(parseAddress(word.replace(/\/.*/, ""))!);
    return [`${name} ${address}/${/\/(\d+)/.exec(line)![1]}`];
  });
}

describe.each(releases)("on %s", (release) => {
  it("all addresses have their interfaces", () => {
    const result = answer(release, "08", all);
    expect([...parseInterfaces(result).names].sort()).toEqual(["lo0", "vtnet0"]);
    expect(read(result.stdout).sort()).toEqual([
      "lo0",
      "lo0 10.1.1.1/32",
      "lo0 10.9.9.10/32",
      "lo0 127.0.0.1/8",
      "lo0 ::1/128",
      "vtnet0",
      "vtnet0 10.0.2.121/32",
      "vtnet0 10.0.2.15/24",
      "vtnet0 10.9.9.9/32",
      "vtnet0 fd00:1::121/128",
    ]);
  });

  it("every interface that was ever shown is read, bridges and epairs, too", () => {
    const shown = answers(
      release,
      /^ifconfig( -a)?( inet)?$|^ifconfig( -f \S+)? (-a|\w+)( inet6?)?$/,
    );
    const texts = shown.filter(({ status, stdout }) => status === 0 && stdout !== "");
    expect(texts.length).toBeGreaterThan(20);
    for (const { at, stdout } of texts) {
      expect(read(asCidr(stdout)).sort(), at).toEqual(said(asCidr(stdout)).sort());
    }
  });

  it("damaged answers never make a wrong picture", () => {
    const bridge = asCidr(answer(release, "09", "ifconfig bridge0", 1).stdout);
    const texts = [answer(release, "08", all).stdout, bridge];
    expectNeverWrong({ texts, read, said, error: /^ifconfig answered / });
  });

  it("an interface that is not there makes ifconfig fail, and an error", () => {
    const result = answer(release, "01", "ifconfig nosuch0");
    expect(() => parseInterfaces(result)).toThrow(/^ifconfig answered .*nosuch0 does not exist/);
  });
});

const flags = "flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> metric 0 mtu 1420";
const one = (line: string) => parseInterfaces(printed(`tun0: ${flags}\n\t${line}\n`)).addresses;

it.each([
  ["inet 10.0.0.1 --> 10.0.0.2/32 ", "10.0.0.1", 32],
  ["inet 10.0.0.1 --> 0.0.0.0/0", "10.0.0.1", 0],
  ["inet6 fd00::1 --> fd00::2/128 tentative", "fd00::1", 128],
  ["inet6 fd00::1 --> fd00::2 /64", "fd00::1", 64],
  ["inet 10.0.0.1/24 broadcast 10.0.0.255 vhid 1", "10.0.0.1", 24],
  ["inet6 2001:db8::1/64 autoconf deprecated pltime 604800 vltime 2592000", "2001:db8::1", 64],
])("an address is what precedes the arrow and the slash: %s", (line, address, prefix) => {
  expect(one(line)).toEqual([{ interface: "tun0", address, prefix }]);
});

it.each([
  "inet6 fe80::1%tun0/64 scopeid 0x4",
  "inet6 fe80::1%tun0 --> fe80::2%tun0/128 scopeid 0x4",
  "tunnel inet 192.0.2.1 --> 192.0.2.2",
  "carp: MASTER vhid 1 advbase 1 advskew 0",
  "media: Ethernet autoselect",
  "member: em0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>",
  "vxlan vni 5 local 10.0.0.1:4789 remote 10.0.0.2:4789",
])("is no address of the host to lease: %s", (line) => expect(one(line)).toEqual([]));

it.each([
  "inet",
  "inet 10.0.0.1",
  "inet 10.0.0.1 netmask 0xffffff00",
  "inet 10.0.0/24",
  "inet 10.0.0.1/33",
  "inet6 10.0.0.1/24",
  "inet fd00::1/64",
  "inet6 fd00::1/129",
  "inet 10.0.0.1/24x",
])("is an error: %s", (line) => expect(() => one(line)).toThrow(/^ifconfig answered /));

it("names of all kinds of interfaces are read", () => {
  const names = ["em0.5", "vlan0.10", "wg0", "bridge0", "jweb_a", "e0a_web", "ix0:1"];
  const text = names.map((name) => `${name}: ${flags}\n`).join("");
  expect([...parseInterfaces(printed(text)).names]).toEqual(names);
});

it("whatever ifconfig lists comes back", () => {
  const address = fc.constantFrom<Family>("inet", "inet6").chain((family) =>
    fc.record({
      family: fc.constant(family),
      value: fc.bigInt({ min: 0n, max: (1n << BigInt(addressBits(family))) - 1n }),
      prefix: fc.integer({ min: 0, max: addressBits(family) }),
      peer: fc.boolean(),
    }),
  );
  const pictures = fc.dictionary(
    fc.stringMatching(/^[a-z]{2,4}[0-9](\.[0-9]{1,3})?$/),
    fc.array(address, { maxLength: 4 }),
  );
  fc.assert(
    fc.property(pictures, (picture) => {
      const blocks = Object.entries(picture).map(([name, addresses]) => {
        const lines = addresses.map(({ family, value, prefix, peer }) => {
          const text = formatAddress({ family, value });
          return `\t${family} ${text}${peer ? ` --> ${text}` : ""}/${prefix} \n`;
        });
        return `${name}: ${flags}\n\toptions=80028<VLAN_MTU>\n${lines.join("")}\tgroups: x\n`;
      });
      const { names, addresses } = parseInterfaces(printed(blocks.join("")));
      expect([...names]).toEqual(Object.keys(picture));
      expect(addresses).toEqual(
        Object.entries(picture).flatMap(([name, list]) =>
          list.map(({ prefix, ...a }) => ({ interface: name, address: formatAddress(a), prefix })),
        ),
      );
    }),
  );
});
