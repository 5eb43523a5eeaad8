/** Lifecycle tests through the real Pulumi CLI: a stack that lives as long as the test's function. */
import type { Stack, StackOptions } from "./stack-types.js";

export type { OperationResult, Stack, StackOptions, StackState } from "./stack-types.js";

/**
 * Makes a Pulumi project with the given program and a stack of it in a temporary directory, hands it to `use`,
 * and removes the directory afterwards. Resources that still exist stay on their host: a test that shares its
 * host with others destroys them itself.
 */
export async function withStack<T>(
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const { openStack } = await import("./stack.mjs");
  const stack = await openStack(options);
  try {
    return await use(stack);
  } finally {
    await stack.close();
  }
}

/** Lets the stack's user log in to a host, by files in its `.ssh` and nothing in the program. */
export async function trustHost(
  stack: Stack,
  host: { privateKey: string; knownHostsLine: string },
): Promise<void> {
  const { writeCredentials } = await import("./credentials.mjs");
  await writeCredentials(stack.directory, host);
}
