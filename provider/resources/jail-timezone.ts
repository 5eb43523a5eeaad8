/** The time zone that is declared of a jail. One that does not run is given it when it does. */
import { z } from "zod";
import type { Command } from "../freebsd/command.js";
import {
  type InsideZone,
  parseZone,
  putZone,
  readZone,
  zoneName,
} from "../freebsd/inside-timezone.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailTarget } from "./jail-place.js";
import type { Results } from "./resource.js";
import { Refused } from "./resource.js";

export const timezoneShape = {
  /** Name of a file below the jail's /usr/share/zoneinfo. Absent: not touched. */
  timezone: z
    .string()
    .regex(zoneName, 'must be a time zone such as "Europe/Berlin" or "UTC"')
    .optional(),
};

export function checkTimezone(
  { timezone }: Pick<JailInputs, "timezone">,
  linux: boolean,
  issue: Issue,
): void {
  if (linux && timezone !== undefined)
    issue(["timezone"], "is for FreeBSD jails: this one's base is a Linux system");
}

export const observeTimezone = ({ inputs }: JailTarget): Record<string, Command> =>
  inputs.timezone === undefined ? {} : { timezone: readZone(inputs.name) };

export const parseTimezone = ({ timezone }: Results): InsideZone | undefined =>
  timezone && parseZone(timezone);

/** `seen`: as it is now; undefined in a jail that is started in the same batch. */
export function planTimezone(
  { inputs: { timezone, name } }: JailTarget,
  seen: InsideZone | undefined,
): Command[] {
  if (timezone === undefined) return [];
  if (seen !== undefined && "fault" in seen)
    throw new Refused(
      `the jail did not tell its time zone (${seen.fault}): look at it with jexec ${name} date`,
    );
  return seen?.name === timezone ? [] : [putZone(name, timezone)];
}

export function driftedTimezone(
  { inputs: { timezone } }: JailTarget,
  seen: InsideZone | undefined,
): Partial<Pick<JailInputs, "timezone">> {
  if (timezone === undefined || seen === undefined) return {};
  const found = "fault" in seen ? undefined : seen.name;
  return found === timezone ? {} : { timezone: found };
}
