/** Programs of stacks, and what the tests through the real CLI share. */
import { expect } from "vitest";
import {
  type OperationResult,
  type Stack,
  type StackOptions,
  trustHost,
  withStack,
} from "../../cli/harness.js";
import {
  compareSnapshots,
  type EmbeddedHost,
  type EmbeddedHostOptions,
  type HostState,
  startEmbeddedHost,
} from "../../embedded-host/index.js";

export const release = "15.1-RELEASE";

/** One operation of the CLI takes seconds. */
export const patience = { timeout: 180_000 };

export interface Declared {
  /** Fields of the host beyond the way to it; `null`: no host in the program at all. */
  host?: object | null;
  release?: string;
  /** Further inputs of the base, as text. */
  base?: string;
  /** Inputs of the jails by name, as the text of a JavaScript object. */
  jails?: Record<string, string>;
  /** Lines after that. */
  more?: string;
}

/** A base, a range and jails on one host. */
export function programFor(host: EmbeddedHost, declared: Declared = {}): string {
  const way = { host: host.address, port: host.port, user: "root", ...declared.host };
  const lines = Object.entries(declared.jails ?? { web: "{}" }).map(
    ([name, inputs]) =>
      `exports[${JSON.stringify(name)}] = new freebsd.Jail(${JSON.stringify(name)}, { ...at, base, addresses: [lan], ...${inputs} }).address;`,
  );
  return [
    'const pulumi = require("@pulumi/pulumi");',
    'const freebsd = require("pulumi-freebsd");',
    `const at = ${declared.host === null ? "{}" : `{ host: ${JSON.stringify(way)} }`};`,
    `const base = new freebsd.BaseRelease("base", { ...at, release: "${declared.release ?? release}", ${declared.base ?? ""} });`,
    'const lan = new freebsd.IpRange("lan", { ...at, cidr: "10.20.0.0/28", interface: "vtnet0" });',
    ...lines,
    declared.more ?? "",
  ].join("\n");
}

/** Runs `use` with a host that ends afterwards. */
export async function withHost<T>(
  options: EmbeddedHostOptions,
  use: (host: EmbeddedHost) => Promise<T>,
): Promise<T> {
  const host = await startEmbeddedHost(options);
  try {
    return await use(host);
  } finally {
    await host.stop();
  }
}

/** A host, and a stack whose user may log in there. */
export function withHostAndStack<T>(
  { declared = {}, ...options }: EmbeddedHostOptions & { declared?: Declared },
  use: (world: { host: EmbeddedHost; stack: Stack; before: HostState }) => Promise<T>,
): Promise<T> {
  return withHost(options, (host) =>
    withTrustedStack(host, { program: programFor(host, declared) }, (stack) =>
      use({ host, stack, before: host.snapshot() }),
    ),
  );
}

export function withTrustedStack<T>(
  host: EmbeddedHost,
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return withStack(options, async (stack) => {
    await trustHost(stack, host);
    return use(stack);
  });
}

/** The operation's result, which must be good: its output is the failure's message. */
export async function succeed(operation: Promise<OperationResult>): Promise<OperationResult> {
  const result = await operation;
  expect(result.status, `${result.stdout}\n${result.stderr}`).toBe(0);
  return result;
}

/** The messages of an operation that must fail. */
export async function failWith(operation: Promise<OperationResult>): Promise<string> {
  const result = await operation;
  expect(result.status, result.stdout).not.toBe(0);
  return result.messages.join("\n");
}

/** What changed, by resource: "web: update". Resources that stay the same are left out. */
export const changesOf = ({ steps }: OperationResult): string[] =>
  steps.filter(({ op }) => op !== "same").map(({ name, op }) => `${name}: ${op}`);

/** First line of a command's output on the host's console. */
export const ask = async (host: EmbeddedHost, command: string): Promise<string> =>
  (await host.run(command)).stdout.trim();

/** Destroys the stack; the host must be as it was before. */
export async function destroyWithoutTrace({
  host,
  stack,
  before,
}: {
  host: EmbeddedHost;
  stack: Stack;
  before: HostState;
}): Promise<OperationResult> {
  const result = await succeed(stack.destroy());
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  expect(host.defects).toEqual([]);
  return result;
}
