/** A program in a running jail, for a person: jexec(8). */

/** Its words. With a clean environment: nothing of the host's, or of whoever logged in there, enters (`-l`). */
export const enterJail = (name: string, program: readonly string[]): [string, ...string[]] => [
  "jexec",
  "-l",
  name,
  ...program,
];
