/**
 * What runs on all machines of this Node.js process, told to whoever subscribes (node:diagnostics_channel): for tools
 * that look at many hosts, which others start.
 */
import { channel } from "node:diagnostics_channel";
import type { Node } from "./shell/ast.js";

/** A program that starts, or a builtin that a shell runs. */
export interface CommandMessage {
  readonly argv: readonly string[];
  /** Words of the program that started it, or of the shell; none when nothing on the machine did. */
  readonly by: readonly string[];
  /** The jail in which it runs; 0 is the host. */
  readonly jid: number;
}

/** A shell function that a shell was told. */
export interface FunctionMessage {
  readonly name: string;
  readonly body: Node;
  /** Words of the shell. */
  readonly by: readonly string[];
  readonly jid: number;
}

export const commandChannel = channel("pulumi-freebsd:embedded-host:command");
export const functionChannel = channel("pulumi-freebsd:embedded-host:function");

export function tellCommand(message: CommandMessage): void {
  if (commandChannel.hasSubscribers) commandChannel.publish(message);
}

export function tellFunction(message: FunctionMessage): void {
  if (functionChannel.hasSubscribers) functionChannel.publish(message);
}
