/** What a program may declare of commands in a jail. */
import { z } from "zod";
import { environmentName } from "../freebsd/inside-commands.js";
import type { Issue } from "./jail-checks.js";

const text = z
  .string()
  .max(100_000, "must be at most 100000 characters long")
  .refine((value) => !value.includes("\0"), "must not contain a NUL character");

/** Words, or a line for the jail's shell. */
const line = z.union([
  z.array(text).min(1, "must have a word"),
  text.min(1, "must not be empty").transform((each) => ["/bin/sh", "-c", each]),
]);

const command = z.strictObject({
  /** Run when it never ran in this jail. */
  create: line,
  /** Run in its place when this, `create` or `triggers` are others than when it last ran. */
  update: line.optional(),
  triggers: z.array(z.string()).default([]),
  environment: z.record(z.string(), text).default({}),
  /** Seconds. */
  timeout: z.number().int().min(1).max(86_400).default(300),
});

export const commandsShape = {
  /** A text or a list of words is short for { create }. */
  commands: z
    .record(
      z.string(),
      z.preprocess(
        (value) => (typeof value === "string" || Array.isArray(value) ? { create: value } : value),
        command,
      ),
    )
    .default({}),
};

export type Commands = z.infer<typeof commandsShape.commands>;
export type JailCommand = Commands[string];

/** The note that a command ran is a link with its name behind a dot. */
const commandName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;

export function checkCommands({ commands }: { commands: Commands }, issue: Issue): void {
  for (const [name, { create, update, environment }] of Object.entries(commands)) {
    if (!commandName.test(name))
      issue(["commands", name], "must be a name of 1 to 64 letters, digits, _ and -");
    for (const [key, words] of Object.entries({ create, update })) {
      if (words?.[0] === "" || words?.[0]?.startsWith("-"))
        issue(["commands", name, key], "must begin with a program");
    }
    for (const variable of Object.keys(environment)) {
      const path = ["commands", name, "environment", variable];
      if (!environmentName.test(variable)) issue(path, "is no name of a variable of sh(1)");
    }
  }
}
