import type { Stack, StackOptions } from "./stack-types.js";

/** Makes a project with a stack in a temporary directory; `close` removes it. */
export function openStack(options: StackOptions): Promise<Stack>;
