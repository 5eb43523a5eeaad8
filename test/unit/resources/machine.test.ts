/** Which of two machines is which: by uuid and host keys, as a state or a link has them. */
import { expect, it } from "vitest";
import { parseHostKeys } from "../../../provider/freebsd/host-keys.js";
import { machineOf } from "../../../provider/pulumi/state.js";
import {
  compareId,
  compareMachines,
  type Machine,
  machineId,
} from "../../../provider/resources/machine.js";
import { fingerprintOf, generateKeys, publicKeyOf } from "../../embedded-host/server.js";

const uuid = "0d5c4b2a-1111-2222-3333-444455556666";
const other = "ffffffff-1111-2222-3333-444455556666";
const publicKeys = [1, 2, 3].map(() => publicKeyOf(generateKeys().private));
const [one, two, three] = publicKeys.map(fingerprintOf) as [string, string, string];
const machine = (hostuuid: string, ...hostKeys: string[]): Machine => ({ hostuuid, hostKeys });

const cases: [string, Machine, Machine, string][] = [
  ["the same", machine(uuid, one, two), machine(uuid, two, one), "same"],
  ["one with a further key", machine(uuid, one), machine(uuid, two, one), "same"],
  ["one whose keys nobody asked for yet", machine(uuid), machine(uuid, one), "same"],
  ["one whose keys cannot be read any more", machine(uuid, one), machine(uuid), "same"],
  ["another", machine(uuid, one), machine(other, two), "other"],
  ["another whose keys are not known", machine(uuid, one), machine(other), "other"],
  ["a clone, or the same with new keys", machine(uuid, one), machine(uuid, two), "unsure"],
  ["a clone with its own uuid, or a new board", machine(uuid, one), machine(other, one), "unsure"],
];

it.each(cases)("%s", (_, known, found, likeness) => {
  expect(compareMachines(known, found)).toBe(likeness);
  expect(compareMachines(found, known)).toBe(likeness);
});

it("a link's short name is compared as the machine itself would be", () => {
  expect(machineId(machine(uuid, one))).toMatch(/^[0-9a-f-]{36}\.[0-9a-f]{16}$/);
  expect(machineId(machine(uuid))).toBe(uuid);
  const id = machineId(machine(uuid, one, two));
  expect(compareId(id, machine(uuid, two, one))).toBe("same");
  expect(compareId(id, machine(uuid, three))).toBe("unsure");
  expect(compareId(id, machine(other, one))).toBe("unsure");
  expect(compareId(id, machine(other, three))).toBe("other");
  expect(compareId(uuid, machine(uuid, three))).toBe("same");
  expect(compareId(uuid, machine(other, three))).toBe("other");
});

it("fingerprints are those of ssh-keygen, whatever the comments are, and whichever keys there are", () => {
  const [first, second] = publicKeys as [string, string];
  const stdout = `${first} root@box\n${second}\nno key\n`;
  const stderr = "cat: /etc/ssh/ssh_host_rsa_key.pub: No such file or directory\n";
  expect(parseHostKeys({ status: 1, stdout, stderr })).toEqual([one, two]);
  expect(parseHostKeys({ status: 1, stdout: "", stderr })).toEqual([]);
});

it("a state without keys, from before they were asked for, names a machine by its uuid", () => {
  expect(machineOf({ hostuuid: uuid })).toEqual(machine(uuid));
  expect(machineOf({ hostuuid: uuid, hostKeys: [one] })).toEqual(machine(uuid, one));
  expect(machineOf({ hostuuid: "" })).toBeUndefined();
});
