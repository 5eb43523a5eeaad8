/** Tools that are also builtins of sh, and other short ones. */
import type { Process } from "../../contract.js";
import { echo as echoBuiltin } from "../../shell/builtins/echo.js";
import { printf as printfBuiltin } from "../../shell/builtins/printf.js";
import { runTest } from "../../shell/builtins/test.js";
import { toBytes } from "../../shell/bytes.js";
import { speakerOf } from "../../shell/speaker.js";

export function test(process: Process): number {
  const name = process.argv[0]?.endsWith("[") ? "[" : "test";
  const argv = [name, ...process.argv.slice(1).map(toBytes)];
  return runTest(process, argv, (message) => process.stderr.write(`${name}: ${message}\n`));
}

export function echo(process: Process): number {
  return echoBuiltin(speakerOf(process), process.argv.map(toBytes));
}

export function printf(process: Process): number {
  return printfBuiltin(speakerOf(process), process.argv.map(toBytes));
}

export function pwd(process: Process): number {
  process.stdout.write(`${process.machine.files.realpath(process, ".")}\n`);
  return 0;
}

const CONFIGURATION: Record<string, string> = {
  ARG_MAX: "524288",
  LONG_BIT: "64",
  PAGESIZE: "4096",
  PATH_MAX: "1024",
  NAME_MAX: "255",
};

export function getconf(process: Process): number {
  const name = process.argv[1];
  const value = name === undefined ? undefined : CONFIGURATION[name];
  if (value === undefined) {
    process.stderr.write(`getconf: no such configuration parameter \`${name ?? ""}'\n`);
    return 1;
  }
  process.stdout.write(`${value}\n`);
  return 0;
}
