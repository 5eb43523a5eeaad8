/** How a login shell takes the string of an exec request. */

const CSH = /\/t?csh$/;
/** Words, and single-quoted text without what csh looks at even there. */
const ALIKE = /^(?:[\w ./:@%+=,-]|'[^'!\n]*')*$/;

/** Whether csh and sh read the string alike; with any other login shell nothing is asked. */
export function isReadable(shell: string, command: string): boolean {
  return !CSH.test(shell) || ALIKE.test(command);
}

/** What the program of an exec request is: csh itself is not there, and sh stands for it. */
export function loginArguments(shell: string, command: string | undefined): string[] {
  const program = CSH.test(shell) ? "/bin/sh" : shell;
  return command === undefined ? [program] : [program, "-c", command];
}
