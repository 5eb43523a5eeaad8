/** The time zone of a running jail: a copy of a file of its own zoneinfo, whose name is noted as tzsetup(8) does. */
import { act, type Command, type CommandResult, look } from "./command.js";
import { askingFunction, changingFunction, parseAnswer } from "./inside-run.js";

/** Of a file below /usr/share/zoneinfo: no other path. */
export const zoneName = /^[A-Za-z0-9][A-Za-z0-9_+-]{0,40}(\/[A-Za-z0-9][A-Za-z0-9_+-]{0,40}){0,3}$/;

/** What a jail says of its zone: the name that it noted, if that is what its clocks go by. */
export type InsideZone = { readonly name: string | undefined } | { readonly fault: string };

export const readZone = (jail: string): Command =>
  look([readFunction.name, jail], {
    shellFunction: readFunction,
    detached: true,
    unguarded: true,
    title: `ask for the time zone of jail ${jail}`,
  });

const readFunction = askingFunction(
  "read_zone",
  `z=$(head -c 200 /var/db/zoneinfo) && cmp -s "/usr/share/zoneinfo/$z" /etc/localtime && echo "$z"; :`,
);

/** Undefined while the jail does not run. */
export function parseZone(result: CommandResult): InsideZone | undefined {
  const answer = parseAnswer(result);
  if (answer === "stopped") return undefined;
  if ("fault" in answer) return { fault: answer.fault };
  const [name] = answer;
  return { name: answer.length === 1 && zoneName.test(name!) ? name : undefined };
}

export const putZone = (jail: string, zone: string): Command =>
  act([putFunction.name, jail, "60", zone], {
    shellFunction: putFunction,
    detached: true,
    deadline: 120,
    title: `set the time zone of jail ${jail} to ${zone}`,
  });

// The name first: what a crash leaves then is seen, whatever clock the jail had.
const putFunction = changingFunction(
  "put_zone",
  `z=/usr/share/zoneinfo/$1 t=/etc/.localtime.new
  [ -f "$z" ] || { echo "there is no time zone $1 in this jail (/usr/share/zoneinfo)"; exit 1; }
  rm -f /var/db/zoneinfo "$t" && printf "%s\\n" "$1" >/var/db/zoneinfo &&
    cp "$z" "$t" && chmod 0444 "$t" && mv -fh "$t" /etc/localtime`,
);
