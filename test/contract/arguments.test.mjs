/** The contract suite's command line: what it takes, and what it refuses before any host is asked. */
import { describe, expect, it } from "vitest";
import { readArguments, usage } from "./arguments.mjs";

const url = "ssh://root@host.example.org:2222";

describe("the command line", () => {
  it("takes a host and options", () => {
    const args = [url, "--root", "/tank/pft", "--dataset=tank/pft", "--only", "drift"];
    const expected = { host: url, root: "/tank/pft", dataset: "tank/pft", only: "drift" };
    expect(readArguments(args)).toEqual(expected);
    expect(readArguments(["local:", "--clean"])).toEqual({ host: "local:", clean: true });
    const here = import.meta.filename;
    expect(readArguments([url, "--identity", here])).toEqual({
      host: url,
      identity: here,
    });
  });

  it("asks for nothing more when it is to explain itself", () => {
    expect(readArguments(["--help"])).toEqual({ help: true });
    const named = [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
    for (const name of named) {
      const value = ["--clean", "--help"].includes(name) ? [] : ["x"];
      expect(() => readArguments([name, ...value, "--help"]), name).not.toThrow();
    }
    expect(named).toHaveLength(14);
  });

  it.each([
    [[], /which host/],
    [[url, url], /one host only; see --second/],
    [["root@host"], /must be ssh:\/\/user@host:port or local:, not root@host/],
    [["ssh://host/path"], /must be ssh:/],
    [[url, "--second", "other"], /--second must be ssh:/],
    [[url, "--become", "su"], /--become must be doas or sudo/],
    [[url, "--root", "jails"], /--root must be an absolute path/],
    [[url, "--root", "/"], /--root must be an absolute path/],
    [[url, "--dist", "sets"], /--dist must be an absolute path/],
    [[url, "--dist", "/sets", "--mirror", "https://m"], /exclude each other/],
    [[url, "--identity", "/no/such/key"], /no such file/],
    [[url, "--dataset", ""], /--dataset must not be empty/],
    [[url, "--colour"], /Unknown option '--colour'/],
    [[url, "--release"], /argument missing/],
  ])("refuses %j", (args, words) => {
    expect(() => readArguments(args)).toThrow(words);
  });
});
