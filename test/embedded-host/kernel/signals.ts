/** Signals of FreeBSD: numbers, names, and what they do to a process that does not care. */

const NAMES = (
  "HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM URG STOP TSTP CONT CHLD TTIN TTOU IO " +
  "XCPU XFSZ VTALRM PROF WINCH INFO USR1 USR2 THR LIBRT"
).split(" ");

/** What strsignal(3) says of those that a shell reports. */
const TEXTS: Record<string, string> = {
  HUP: "Hangup",
  QUIT: "Quit",
  ILL: "Illegal instruction",
  ABRT: "Abort trap",
  FPE: "Floating point exception",
  KILL: "Killed",
  BUS: "Bus error",
  SEGV: "Segmentation fault",
  ALRM: "Alarm clock",
  TERM: "Terminated",
  USR1: "User defined signal 1",
  USR2: "User defined signal 2",
};

const HARMLESS = new Set([
  "URG",
  "CONT",
  "CHLD",
  "IO",
  "WINCH",
  "INFO",
  "STOP",
  "TSTP",
  "TTIN",
  "TTOU",
]);

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIGTERM = 15;
export const SIGWINCH = 28;

/** The number of a signal by number or name, with or without "SIG"; undefined when there is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number <= NAMES.length ? number : undefined;
  }
  const index = NAMES.indexOf(text.toUpperCase().replace(/^SIG/, ""));
  return index < 0 ? undefined : index + 1;
}

/** "TERM" for 15. */
export function signalName(signal: number): string {
  return NAMES[signal - 1] ?? String(signal);
}

export function signalNames(): readonly string[] {
  return NAMES;
}

/** "Terminated" for 15, as a shell reports it. */
export function signalText(signal: number): string {
  return TEXTS[signalName(signal)] ?? `Signal ${signal}`;
}

/** Whether the signal ends a process that neither ignores nor catches it. Stopping is not modelled. */
export function isDeadly(signal: number): boolean {
  return signal > 0 && !HARMLESS.has(signalName(signal));
}
