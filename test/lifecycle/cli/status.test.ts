/**
 * The built `pulumi-freebsd status`, in the directory of a stack of the real CLI: all kinds of resources on two hosts, one
 * of them lost at the end.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeRootfs } from "../linux-programs.js";
import { patience, programFor, succeed, withHost, withHostAndStack } from "./programs.js";

const main = join(__dirname, "../../../dist/provider/cli/main.js");

it("tells of everything on all hosts of a stack", patience, async () => {
  await withHost({ seed: 2 }, async (other) => {
    const { address: host, port, privateKey, hostKey } = other;
    const login = { host, port, user: "root", privateKey, hostKey, dialErrorLimit: 0 };
    const more = [
      `const there = { host: pulumi.secret(${JSON.stringify(login)}) };`,
      'const far = new freebsd.BaseRelease("far", { ...there, release: "15.1-RELEASE" });',
      'new freebsd.Jail("db", { ...there, base: far });',
    ];
    const { bytes, sha256 } = await makeRootfs("rocky");
    const url = "https://images.example.org/rocky.tar.gz";
    const archive = JSON.stringify({ url, sha256 });
    await withHostAndStack({ web: { [url]: bytes } }, async ({ host: first, stack }) => {
      const own = [
        `new freebsd.LinuxBase("tux", { ...at, distribution: "rocky", archive: ${archive} });`,
        'new freebsd.JailPackage("app", { ...at, version: "1.0", build: { base, commands: ["echo 1 >/etc/one"] } });',
        'new freebsd.DiskImage("disk", { ...at, base, size: "64m" });',
      ];
      const jails = { web: "{}", idle: "{ running: false }" };
      const declared = { jails, more: [...more, ...own].join("\n") };
      const status = async (...words: string[]) => {
        const { execa } = await import("execa");
        const options = { cwd: stack.project, env: stack.env, extendEnv: false, reject: false };
        const { exitCode, stdout, stderr } = await execa(
          "node",
          [main, "status", ...words],
          options,
        );
        return { exitCode, stdout, stderr };
      };
      await stack.setProgram(programFor(first, declared));
      await succeed(stack.up());

      const table = await status();
      expect(table.stderr).toBe("");
      expect(table.stdout).toMatch(/^root@127.0.0.1:\d+ +15.1 +amd64 +1 of 2$/m);
      expect(table.stdout).toMatch(
        /^web +root@\S+ +running +thick +15.1-RELEASE\S* +10.20.0.[12]$/m,
      );
      expect(table.stdout).toMatch(/^idle +\S+ +stopped +thick/m);
      expect(table.stdout).toMatch(/^lan +\S+ +ready +10.20.0.0\/28 +vtnet0$/m);
      expect(table.stdout).toMatch(/^far +\S+ +ready +15.1-RELEASE +full$/m);
      expect(table.stdout).toMatch(/^tux +\S+ +ready +rocky +linux$/m);
      expect(table.stdout).toMatch(/^app +\S+ +ready +1.0 +15.1-RELEASE\S*$/m);
      expect(table.stdout).toMatch(/^disk +\S+ +ready +64m$/m);
      expect(table.stdout).not.toContain("PRIVATE KEY");
      expect(table.exitCode).toBe(0);

      await first.run("jail -r web; rm /usr/local/jails/packages/app-1.0.tar.xz");
      const json = await status("--json", "--stack", stack.name);
      const found = JSON.parse(json.stdout);
      expect(found.hosts).toHaveLength(2);
      const web = found.jails.find(({ name }: { name: string }) => name === "web");
      expect(web).toMatchObject({ state: "stopped", drift: ["running"] });
      expect(found.packages).toMatchObject([{ name: "app", state: "absent" }]);
      expect(json.exitCode).toBe(1);

      await other.stop();
      const lost = await status();
      expect(lost.stdout).toMatch(/^db +root@\S+ +unknown .*cannot be reached/m);
      expect(lost.stdout).toMatch(/^web +root@\S+ +stopped/m);
      expect(lost.exitCode).toBe(1);
      expect(await status("--wrong")).toMatchObject({ exitCode: 2, stdout: "" });
    });
  });
});
