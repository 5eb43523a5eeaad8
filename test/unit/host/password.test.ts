/** Logins that OpenSSH's sshd offers only for accounts of the system: against ssh2's own server. */
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type AuthContext, Server, utils } from "ssh2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeConnections, openSession, parseHost } from "../../../provider/host/index.js";

type Judge = (context: AuthContext) => void;

let server: Server;
let port: number;
let judge: Judge;
let hostKey: string;
const commands: string[] = [];

beforeEach(async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  hostKey = `ssh-rsa ${key.getPublicSSH().toString("base64")}`;
  server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("error", () => client.end());
    client.on("authentication", (context) => judge(context));
    client.on("session", (accept) =>
      accept().on("exec", (acceptExec, _reject, info) => {
        commands.push(info.command);
        const channel = acceptExec();
        const shell = spawn("/bin/sh", ["-c", info.command]);
        channel.pipe(shell.stdin);
        shell.stdout.pipe(channel, { end: false });
        shell.stderr.pipe(channel.stderr, { end: false });
        shell.once("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  closeConnections();
  server.close();
});

function session(input: object = {}, variables: Record<string, string> = {}) {
  const host = {
    host: "127.0.0.1",
    port,
    hostKey,
    dialErrorLimit: 0,
    password: "open sesame",
    ...input,
  };
  return openSession(parseHost(host, { home: "/nonexistent", variables }));
}
const greet = (input?: object, variables?: Record<string, string>) =>
  session(input, variables)
    .observe([{ argv: ["echo", "in"], mutates: false }])
    .then(([result]) => result?.stdout.trim());

const byPassword: Judge = (context) => {
  if (context.method === "password" && context.password === "open sesame") context.accept();
  else context.reject(["password"]);
};

test("a password", async () => {
  judge = byPassword;
  expect(await greet()).toBe("in");
});

test("a password from the environment", async () => {
  judge = byPassword;
  expect(await greet({ password: undefined }, { FREEBSD_SSH_PASSWORD: "open sesame" })).toBe("in");
});

test("a password that is asked for (keyboard-interactive)", async () => {
  judge = (context) => {
    if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
    context.prompt([{ prompt: "Password:", echo: false }], ([answer]) =>
      answer === "open sesame" ? context.accept() : context.reject(),
    );
  };
  expect(await greet()).toBe("in");
});

test("a wrong password is told without it", async () => {
  judge = byPassword;
  const refused = expect(greet({ password: "hunter22" })).rejects;
  await refused.toMatchObject({ kind: "refused", reason: "authentication" });
  await refused.toThrow(/Tried: password/);
  await refused.not.toThrow(/hunter22/);
});

test("the words that start a shell are the same in csh and sh", async () => {
  judge = byPassword;
  commands.length = 0;
  await greet();
  expect(commands).toEqual(["exec /bin/sh"]);
  for (const command of commands) expect(command).toMatch(/^[a-z/ -]+$/);
});

test("sessions with other credentials do not share a connection", async () => {
  judge = byPassword;
  expect(await greet()).toBe("in");
  await expect(greet({ password: "wrong" })).rejects.toMatchObject({ reason: "authentication" });
});
