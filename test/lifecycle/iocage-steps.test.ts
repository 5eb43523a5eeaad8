/** What iocage's document on jail packages says to do, in its order: twelve steps to make one, five to deploy it. */
import { expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { packageOf } from "./packages.js";
import { base, jail } from "./programs.js";
import { startWorld } from "./world.js";

const containers = "/usr/local/jails/containers";
const file = "/usr/local/jails/packages/app-1.0.tar.xz";
const ports = {
  nginx: {
    "/usr/local/sbin/nginx": "#!/bin/sh\n",
    "/usr/local/etc/nginx/nginx.conf": "worker_processes 1;\n",
  },
  curl: { "/usr/local/bin/curl": "#!/bin/sh\n" },
};

type Step = [what: string, action: () => Promise<unknown>];

/** Does the steps one after the other; a failure tells at which. */
async function take(steps: readonly Step[]): Promise<void> {
  for (const [what, action] of steps) {
    await action().catch((error: Error) => {
      error.message = `${what}: ${error.message}`;
      throw error;
    });
  }
}

it("iocage's twelve steps and five", async () => {
  const world = await startWorld({ speed: 1000, ports });
  const { host, login } = world;
  const before = host.snapshot();
  const stack = new Stack();
  const line = async (command: string) => (await host.run(command)).stdout.trim();
  const inside = (command: string) => line(`jexec nginx sh -c '${command}'`);
  const program = (more: Properties): Declaration[] => [base(login), jail(login, "nginx", more)];
  const network = { parameters: { ip4: "inherit" } };
  const install = (name: string) => inside(`env ASSUME_ALWAYS_YES=yes pkg install -y ${name}`);
  let sum = "";
  let source: Properties = {};

  await take([
    ["1. create a new jail", () => stack.up(program({ running: false }))],
    ["2. start it", () => stack.up(program({}))],
    ["3. configure its network", () => stack.up(program(network))],
    ["4. record start", () => stack.up(program({ ...network, record: true }))],
    ["5. install nginx with pkg", () => install("nginx")],
    ["6. install other software", () => install("curl")],
    [
      "7. customize configuration files",
      () => inside("echo daemon off\\; >>/usr/local/etc/nginx/nginx.conf; touch /usr/local/junk"),
    ],
    ["8. record stop, and stop the jail", () => stack.up(program({ ...network, running: false }))],
    [
      "9. examine what was recorded",
      async () => {
        const found = (await line(`find ${containers}/nginx.merged -type f`)).split("\n");
        const expected = ["usr/local/sbin/nginx", "usr/local/bin/curl", "usr/local/junk"];
        expect(found).toEqual(
          expect.arrayContaining(expected.map((path) => `${containers}/nginx.merged/${path}`)),
        );
      },
    ],
    ["10. remove unnecessary files", () => host.run(`rm ${containers}/nginx/usr/local/junk`)],
    [
      "11. make the package, with its SHA256",
      async () => {
        const { name, type, base: from } = stack.outputs.nginx ?? {};
        source = { name, type, base: from };
        const made = packageOf(world, "nginx");
        await stack.up([...program({ ...network, running: false }), made]);
        sum = await line(`sha256 -q ${file}`);
        expect(await line(`cat ${file}.sha256`)).toBe(`SHA256 (app-1.0.tar.xz) = ${sum}`);
        expect(await line(`tar -tf ${file}`)).not.toContain("junk");
      },
    ],
    ["12. destroy the jail", () => stack.up([base(login), keptPackage()])],
  ]);
  expect(await line(`ls ${containers}`)).toBe("");

  const deployed = (more: Properties): Declaration[] => [
    base(login),
    keptPackage(),
    jail(login, "myjail", more),
  ];
  const layers = [{ path: file, sha256: sum }];
  await take([
    ["1. create a new jail", () => stack.up(deployed({ running: false }))],
    ["2. deploy the package", () => stack.up(deployed({ running: false, layers }))],
    [
      "3. list jails",
      async () => expect(await line("jail -e , -f /etc/jail.conf.d/myjail.conf")).toMatch(/myjail/),
    ],
    ["4. start it", () => stack.up(deployed({ layers }))],
    [
      "5. the changes and packages are all there",
      async () => {
        const conf = "jexec myjail cat /usr/local/etc/nginx/nginx.conf";
        expect(await line(conf)).toBe("worker_processes 1;\ndaemon off;");
        expect((await line("jexec myjail pkg info")).split("\n")).toEqual([
          expect.stringMatching(/^curl-/),
          expect.stringMatching(/^nginx-/),
          expect.stringMatching(/^pkg-/),
        ]);
        expect(await line("jls -j myjail name")).toBe("myjail");
      },
    ],
  ]);
  expect(Object.values(await stack.up(deployed({ layers })))).toEqual(["same", "same", "same"]);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
  expect(host.defects).toEqual([]);

  /** What the package was made of stays in the program when the jail goes. */
  function keptPackage(): Declaration {
    return packageOf(world, "nginx", { jail: source });
  }
});
