/** A deletion that leaves an archive, and a restart that is taken back. */
import { expect } from "vitest";
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic, change } from "./sweep-flows.js";
import { line, type World } from "./world.js";

const lower = ({ login }: World) => [base(login), range(login)];
const web = (more: Properties) => (world: World) => [
  ...lower(world),
  jail(world.login, "web", more),
];

/** No part of what is compared: the times of what is in an archive differ. */
const directory = "/tmp/archives";

/** However often the deletion was begun: one archive, whole and of the whole tree. */
async function expectArchive({ host }: World): Promise<void> {
  const [name, ...others] = (await line(host, `ls ${directory}`)).split("\n");
  expect(others).toEqual([`${name}.sha256`]);
  const digest = await line(host, `sha256 -q ${directory}/${name}`);
  const noted = await line(host, `cat ${directory}/${name}.sha256`);
  expect(noted).toBe(`SHA256 (${name}) = ${digest}`);
  const listed = (await line(host, `tar -tf ${directory}/${name}`)).split("\n");
  expect(listed).toEqual(expect.arrayContaining(["web/etc/rc", "web/root/data", "web/var/empty/"]));
}

export const endings: Record<string, Flow> = {
  "delete a jail that leaves an archive": {
    options: {},
    from: web({ archiveOnDelete: { directory } }),
    use: ({ host }) => host.run("jexec web touch /root/data"),
    to: lower,
    check: expectArchive,
    like: [basic["delete a thick jail"]!],
  },
  "restart that is taken back": {
    options: {},
    from: web({}),
    to: web({ parameters: { "exec.start": "/usr/bin/false" } }),
    fails: /started again with its former configuration/,
    like: [change.restart!],
  },
};
