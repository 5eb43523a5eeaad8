/** Where credentials and secret contents show, and where they come from. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Stack, withStack } from "../../cli/harness.js";
import type { EmbeddedHost } from "../../embedded-host/index.js";
import { ask, destroyWithoutTrace, patience, programFor, succeed, withHost } from "./programs.js";

/** Everything that the file backend holds of a stack, as text: checkpoints, backups and history. */
async function backendText(stack: Stack): Promise<string> {
  const directory = join(stack.directory, "state");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

const bodyOf = (privateKey: string) => privateKey.split("\n")[2]!;
const argvOf = (host: EmbeddedHost) => host.log.map(({ argv }) => argv.join(" ")).join("\n");

describe("credentials", patience, () => {
  it("given as inputs show nowhere", async () => {
    const password = "tell-nobody-4711";
    await withHost({ users: { root: { password } } }, async (host) => {
      const { hostKey, privateKey } = host;
      const before = host.snapshot();
      const jails = {
        web: `{
          files: {
            "/etc/token": { content: pulumi.secret("token-0815"), mode: "0600" },
            "/etc/key": { source: pulumi.secret(new pulumi.asset.StringAsset("key-0818\\0")) },
          },
          users: { app: { password: "$6$salt-0816$hash" } },
          commands: { say: { create: "true", environment: { TOKEN: pulumi.secret("token-0817") } } },
        }`,
      };
      const withKey = programFor(host, { host: { hostKey, privateKey }, jails });
      const withPassword = programFor(host, { host: { hostKey, password }, jails });
      await withStack({ program: withKey }, async (stack) => {
        const key = Buffer.from("key-0818\0").toString("base64");
        const results = [
          await succeed(stack.preview({ diff: true })),
          await succeed(stack.up({ diff: true })),
        ];
        await stack.setProgram(withPassword);
        results.push(
          await succeed(stack.preview({ diff: true })),
          await succeed(stack.up({ diff: true })),
        );
        expect(await ask(host, "jexec web b64encode -r /etc/key")).toBe(key);
        results.push(await succeed(stack.refresh({ diff: true })));
        host.faults.fail(([name]) => name === "jail", { stderr: "jail: no\n" });
        results.push(await stack.destroy());
        host.faults.clear();
        results.push(await destroyWithoutTrace({ host, stack, before }));
        const shown = results.map(({ stdout, stderr, messages }) =>
          [stdout, stderr, ...messages].join("\n"),
        );
        const places = {
          shown: shown.join("\n"),
          state: await backendText(stack),
          argv: argvOf(host),
        };
        for (const [place, text] of Object.entries(places)) {
          for (const secret of [
            password,
            bodyOf(privateKey),
            "token-0815",
            "salt-0816",
            "token-0817",
            key,
          ]) {
            expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
          }
        }
        expect(places.state).toContain("10.20.0.1");
      });
    });
  });

  it("come from the stack's configuration, and no host stands in the program", async () => {
    await withHost({}, async (host) => {
      const before = host.snapshot();
      await withStack({ program: programFor(host, { host: null }) }, async (stack) => {
        await stack.setConfig("freebsd:host", host.url);
        await stack.setConfig("freebsd:hostKey", host.hostKey);
        await stack.setConfig("freebsd:privateKey", host.privateKey, true);
        await succeed(stack.up());
        expect(await ask(host, "jls -q name ip4.addr")).toBe("web 10.20.0.1");
        const state = await backendText(stack);
        expect(state).not.toContain(bodyOf(host.privateKey));
        // Neither refresh nor destroy may need the program.
        await stack.setProgram('throw new Error("not to be run");');
        await succeed(stack.refresh());
        await destroyWithoutTrace({ host, stack, before });
      });
    });
  });
});

describe("a file's secret content", patience, () => {
  it("reaches the jail, stays secret in the state, and its drift shows no content", async () => {
    await withHost({}, async (host) => {
      const { hostKey, privateKey } = host;
      const jails = {
        web: '{ files: { "/etc/token": { content: pulumi.secret("token-0815\\n"), mode: "0600" } } }',
      };
      const program = programFor(host, { host: { hostKey, privateKey }, jails });
      await withStack({ program }, async (stack) => {
        await succeed(stack.up());
        const path = "/usr/local/jails/containers/web/etc/token";
        expect(await ask(host, `cat ${path}; stat -f %Lp ${path}`)).toBe("token-0815\n600");
        await host.run(`echo tampered-0816 > ${path}`);
        await succeed(stack.refresh());
        const repaired = await succeed(stack.up({ diff: true }));
        expect(repaired.summary).toMatchObject({ update: 1 });
        expect(await ask(host, `cat ${path}`)).toBe("token-0815");
        const state = await backendText(stack);
        expect(state + repaired.stdout).not.toContain("token-0815");
        expect(state + repaired.stdout).not.toContain("tampered-0816");
        await succeed(stack.destroy());
      });
    });
  });
});
