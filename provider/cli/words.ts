/** The words of a command line whose last ones belong to another program. */
import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a command line says: our options before a name, and after it the words of what is to be run. */
export interface Words<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"];
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Undefined when an option is not known, or lacks its value. */
export function splitWords<O extends Options>(
  words: readonly string[],
  options: O,
): Words<O> | undefined {
  const count = countOptions(words, options);
  try {
    const { values } = parseArgs({ args: words.slice(0, count), options, strict: true });
    // After "--" comes a command, also where no name does.
    const [name, ...rest] =
      words[count] === "--" ? ["", ...words.slice(count)] : words.slice(count);
    return { values, name: name || undefined, rest: rest[0] === "--" ? rest.slice(1) : rest };
  } catch {
    return undefined; // The usage says which there are.
  }
}

/** How many words at the beginning are options and their values. */
function countOptions(words: readonly string[], options: Options): number {
  let count = 0;
  while (words[count]?.startsWith("-") && words[count] !== "--") {
    const option = options[words[count]!.replace(/^--/, "")];
    count += option?.type === "string" ? 2 : 1;
  }
  return count;
}
