/**
 * Where a flow is cut. Programs that a loop starts for file after file are one site: itself and what comes before
 * have the same form. A site is cut where it is reached first and last.
 */
import type { LogEntry } from "../embedded-host/index.js";

type Started = Pick<LogEntry, "argv" | "jid">;

/** Tool, flags and plain words; what differs from file to file and from run to run is left out. */
const formOf = ({ argv, jid }: Started): string =>
  [jid > 0 ? "jexec" : "", ...argv.map((word) => (/^[a-zA-Z_-]+$/.test(word) ? word : "#"))].join(
    " ",
  );

/** The site of each program, in order. */
export function sitesOf(log: readonly Started[]): string[] {
  const forms = log.map(formOf);
  return forms.map((form, i) => [forms[i - 1], form].join(" | "));
}

/** Numbers of the programs, from 1, that stand for all: of each site the first and the last. */
export function pickPlaces(sites: readonly string[]): number[] {
  const last = new Map(sites.map((site, i) => [site, i + 1]));
  const first = new Map(sites.map((site, i) => [site, i + 1] as const).reverse());
  return [...new Set([...first.values(), ...last.values()])].sort((a, b) => a - b);
}

/** Of the places that are cut in another flow already, keeps each so-manieth; `turn` says which. */
export function thinOut(
  places: readonly number[],
  isKnown: (place: number) => boolean,
  step: number,
  turn: number,
): number[] {
  let shared = turn;
  return places.filter((place) => !isKnown(place) || shared++ % step === 0);
}
