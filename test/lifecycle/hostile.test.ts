/** What the inside of a jail, or its owner, may prepare. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld } from "./world.js";

const root = "/usr/local/jails/containers/web";
const files = { "/etc/ours": { content: "hello\n" } };

it("a shell in the jail that floods or fails makes an error, never a wrong picture", async () => {
  const { host, login } = await startWorld({ speed: 1000 });
  const stack = new Stack();
  const program = [base(login), range(login), jail(login, "web", { files })];
  await stack.up(program);
  for (const evil of ["yes flood", "sleep 100000", "exit 3"]) {
    await host.run(`rm -f ${root}/bin/sh; cat > ${root}/bin/sh; chmod 755 ${root}/bin/sh`, {
      stdin: `#!/rescue/sh\n${evil}\n`,
    });
    await host.run(`cp -p /bin/sh ${root}/rescue/sh`);
    await expect(stack.refresh()).rejects.toThrow(/a jail did not tell of its files/);
  }
  expect(stack.states.has("web")).toBe(true);
});

it("links planted in a stopped jail lead nowhere", async () => {
  const { host, login } = await startWorld();
  const stack = new Stack();
  const declared = (more: object) => [base(login), range(login), jail(login, "web", { ...more })];
  await stack.up(declared({ running: false }));
  await host.run(
    `mkdir /root/secret; echo secret > /root/secret/ours; rm -rf ${root}/home; ln -s /root/secret ${root}/home`,
  );
  await expect(
    stack.up(declared({ running: false, files: { "/home/ours": { content: "x" } } })),
  ).rejects.toThrow(/is a symbolic link/);
  expect((await host.run("cat /root/secret/ours; ls /root/secret")).stdout).toBe("secret\nours\n");
  await host.run(`ln -sf /root/secret/ours ${root}/etc/ours`);
  await stack.up(declared({ running: false, files }));
  expect((await host.run(`cat /root/secret/ours ${root}/etc/ours`)).stdout).toBe("secret\nhello\n");
});

it("of a file that the jail made larger than any declared one, no more is read", async () => {
  const { host, login } = await startWorld();
  const stack = new Stack();
  const declared = (more: object) => [base(login), jail(login, "web", { files, ...more })];
  await stack.up(declared({ running: false }));
  const beginning = createHash("sha256").update("x".repeat(4_100_000)).digest("hex");
  await host.run(`yes x | tr -d '\\n' | head -c 4200000 >${root}/etc/ours`);
  await stack.refresh();
  expect(JSON.stringify(stack.outputs.web!.files)).toContain(beginning);
  await stack.up(declared({ running: false }));
  expect((await host.run(`cat ${root}/etc/ours`)).stdout).toBe("hello\n");
});

it("snapshots that the owner made are told of before the jail is stopped", async () => {
  const { host, login } = await startWorld({ dataset: "tank/jails" });
  const stack = new Stack();
  await stack.up([base(login), range(login), jail(login, "web", { type: "clone" })]);
  await host.run("zfs snapshot tank/jails/containers/web@mine");
  await expect(stack.destroy()).rejects.toThrow(/has snapshots that are not ours .*web@mine/);
  expect((await host.run("jls -q name")).stdout).toBe("web\n");
  await host.run("zfs destroy tank/jails/containers/web@mine");
  await stack.destroy();
  expect((await host.run("jls -q name; zfs list -H -o name")).stdout).toBe("tank\n");
});

it("a pool that is not mounted is an error, not an empty host", async () => {
  const { host, login } = await startWorld({ dataset: "tank/jails" });
  const stack = new Stack();
  await stack.up([base(login), range(login)]);
  const names = (await host.run("zfs list -H -o name -r tank/jails")).stdout.trim().split("\n");
  for (const name of names.reverse()) await host.run(`zfs unmount ${name}`);
  await expect(stack.refresh()).rejects.toThrow(/dataset tank\/jails is not mounted/);
  await expect(stack.destroy()).rejects.toThrow(/is not mounted/);
  expect([...stack.states.keys()]).toEqual(["base", "lan"]);
});
