/** Command lines whose last words are another program's. */
import { expect, it } from "vitest";
import { findResource } from "../../../provider/cli/find.js";
import { run } from "../../../provider/cli/main.js";
import { splitWords } from "../../../provider/cli/words.js";

const options = { stack: { type: "string" }, network: { type: "boolean" } } as const;

it.each([
  [["web"], {}, "web", []],
  [
    ["--network", "--stack", "dev", "web", "ls", "--stack", "-l"],
    { network: true, stack: "dev" },
    "web",
    ["ls", "--stack", "-l"],
  ],
  [["--stack=dev", "web", "--", "-x"], { stack: "dev" }, "web", ["-x"]],
  [["--stack", "web"], { stack: "web" }, undefined, []],
  [["--network", "--", "ls", "-l"], { network: true }, undefined, ["ls", "-l"]],
])("%j is understood", (words, values, name, rest) => {
  expect(splitWords(words, options)).toEqual({ values, name, rest });
});

it.each([[["--stack"]], [["--nosuch", "web"]], [["--network=1", "web"]], [["-x"]]])(
  "%j is not",
  (words) => expect(splitWords(words, options)).toBeUndefined(),
);

it("a resource is found by its name in the program, or on the host, when it is one", () => {
  const resource = (name: string, own: string) => ({
    ...{ kind: "Jail" as const, name, id: "1", inputs: {} },
    outputs: { name: own, host: "ssh://root@h.example.org" },
  });
  const resources = [resource("web", "www"), resource("a", "db"), resource("b", "db")];
  const find = (name: string) =>
    findResource({ resources, config: new Map() }, "Jail", "name", name);
  expect(find("web").resource.outputs.name).toBe("www");
  expect(find("www").spec.name).toBe("root@h.example.org:22");
  expect(() => find("db")).toThrow(/several Jails of the stack are called db/);
  expect(() => find("x")).toThrow(/no Jail x; it has a, b, web/);
});

it("each command tells its usage", async () => {
  const told = async (...words: string[]) => {
    const texts = { out: "", error: "" };
    const status = await run(words, {
      out: (text) => {
        texts.out += text;
      },
      error: (text) => {
        texts.error += text;
      },
    });
    return { status, ...texts };
  };
  expect(await told("enter", "--help")).toMatchObject({ status: 0, error: "" });
  expect((await told("--help")).out).toMatch(/freebsd status .*freebsd enter .*freebsd room /s);
  expect(await told("room", "--remove", "web", "base")).toMatchObject({ status: 2, out: "" });
  expect(await told("enter", "--host", "x", "--stack", "y", "web")).toMatchObject({ status: 2 });
  expect((await told("nosuch")).error).toMatch(/freebsd status/);
  expect((await told()).status).toBe(2);
  expect((await told("status", "--state", "/nosuch")).error).toMatch(/^pulumi-freebsd: ENOENT/);
});
