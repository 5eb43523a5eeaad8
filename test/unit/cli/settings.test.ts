/** What need not be said on every command line: where it is found, and in which order. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { namedHost, namesStack, readSettings, textOf } from "../../../provider/cli/settings.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const read = (variables: Record<string, string> = {}) => readSettings({ variables, home });

function write(content: unknown, directory = join(home, ".config")): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "pulumi-freebsd.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

it("without any, nothing is named", () => {
  expect(namedHost(read())).toBeUndefined();
  expect(namesStack(read())).toBe(false);
  expect(textOf(read({ PULUMI_FREEBSD_BASE: "" }), "base")).toBeUndefined();
});

it("the environment comes before the file, value by value", () => {
  write({ host: "ssh://root@file.example.org", root: "/jails", base: "15.1-RELEASE" });
  expect(namedHost(read())?.spec).toMatchObject({
    name: "root@file.example.org:22",
    root: "/jails",
  });
  const variables = { PULUMI_FREEBSD_HOST: "ssh://env.example.org", PULUMI_FREEBSD_BASE: "14" };
  const named = namedHost(read(variables));
  expect(named).toMatchObject({ from: "PULUMI_FREEBSD_HOST", spec: { root: "/jails" } });
  expect(named?.spec.name).toBe("root@env.example.org:22");
  expect(textOf(read(variables), "base")).toBe("14");
  const option = namedHost(read(variables), "ssh://deploy@option.example.org");
  expect(option?.spec.name).toBe("deploy@option.example.org:22");
});

it("a host may be an object, whose own fields come first", () => {
  const directory = join(home, "xdg");
  write({ host: { host: "h", root: "/own", become: "sudo" }, root: "/other" }, directory);
  const settings = read({ XDG_CONFIG_HOME: directory, PULUMI_FREEBSD_DATASET: "tank/jails" });
  expect(namedHost(settings)).toMatchObject({
    input: { host: "h", root: "/own", become: "sudo", dataset: "tank/jails" },
    spec: { root: "/own", become: "sudo", dataset: "tank/jails" },
  });
});

it("a stack that is named nearer than a host is meant", () => {
  write({ host: "ssh://h" });
  expect(namesStack(read())).toBe(false);
  expect(namesStack(read({ PULUMI_FREEBSD_STACK: "dev" }))).toBe(true);
  write({ stack: "dev" });
  expect(namesStack(read())).toBe(true);
  expect(namesStack(read({ PULUMI_FREEBSD_HOST: "ssh://h" }))).toBe(false);
});

it("what is wrong is told with its place and key", () => {
  const file = write({ hots: "ssh://h" });
  expect(() => read()).toThrow(`${file}: Unrecognized key: "hots"`);
  write({ base: "" });
  expect(() => read()).toThrow(`${file}: base: must not be empty`);
  write("{");
  expect(() => read()).toThrow(`${file}: `);
  write({ host: "ssh://h", root: "jails" });
  expect(() => namedHost(read())).toThrow(`${file}: root: must be an absolute path`);
  const become = read({ PULUMI_FREEBSD_BECOME: "su", PULUMI_FREEBSD_ROOT: "/j" });
  expect(() => namedHost(become)).toThrow(/^PULUMI_FREEBSD_BECOME: become: /);
  expect(() => namedHost(read(), "jailhost1")).toThrow(
    '--host: host: must be "ssh://user@host:port" or "local:"',
  );
  expect(() => namedHost(read({ PULUMI_FREEBSD_HOST: "ssh://h/x" }))).toThrow(
    /^PULUMI_FREEBSD_HOST: host: must not hold a path/,
  );
});
