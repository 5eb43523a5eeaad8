/** The figures as a text for people. */
import { SOFTWARE } from "./software.mjs";

const NOTES = [
  "A round trip is a batch of commands that was sent and answered; a connection that is already open is assumed",
  "for one jail. Runs of 100 jails dial for themselves, 8 resources at a time as Pulumi's engine does on two",
  "processors, and count one more round trip for each shell that they open (4 at most). The embedded host counts",
  "the same from its side, as turns of the conversation. Processes are those that the host starts, the jail's own",
  "among them; beside them those of the commands that an administrator would type for the same.",
  "No round trip lies between the stop and the start of an upgrade: it is one batch.",
  "A migration counts both machines. What is copied comes in from one and goes out to the other; the jail's bytes",
  "are those of its files.",
  "One connection per command: the provider's own commands for a jail (each once, without their repetition under",
  "the lock and without the look afterwards), or just what an administrator would type; measured on 8 jails, 8 at",
  "a time, and scaled to 100. The host runs in a process of its own, on the same computer.",
];

const row = (cells, widths) =>
  cells
    .map((cell, i) => (i === 0 ? `${cell}`.padEnd(widths[i]) : `${cell}`.padStart(widths[i])))
    .join("  ")
    .trimEnd();

function table(title, header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((cells) => `${cells[i]}`.length)));
  return [title, ...all.map((cells) => `  ${row(cells, widths)}`), ""].join("\n");
}

/** The whole text. */
export function renderTable(figures) {
  const { roundTrips, turnsOnTheWire, processes, bytes } = figures;
  const operations = ["create", "update", "read", "delete", "preview"];
  const one = operations.map((name) => [
    name,
    roundTrips[name],
    turnsOnTheWire[name],
    processes[name]?.provider ?? 0,
    processes[name]?.bare ?? 0,
    bytes[name].sent,
    bytes[name].received,
  ]);
  const hundred = [
    ["create", roundTrips.create100],
    ["refresh", roundTrips.refresh100],
    ["refresh, more for a file in each jail", roundTrips.refresh100Inside],
    ["delete", roundTrips.delete100],
    ["preview", roundTrips.preview100],
  ];
  const header = ["", "round trips", "turns", "processes", "of bare commands", "sent", "received"];
  return [
    table("One jail (a ZFS clone with an address from a range)", header, one),
    table("100 jails on one host", ["", "round trips"], hundred),
    table(
      "A jail moves to another base, and back to the kept tree",
      ["", "round trips", "processes", "of these between stop and start"],
      Object.entries(figures.upgrades).flatMap(([type, costs]) =>
        Object.entries(costs).map(([name, { roundTrips, processes, processesWhileDown }]) => [
          ...[`${type}, ${name}`, roundTrips, processes, processesWhileDown],
        ]),
      ),
    ),
    table(
      "A jail moves to another machine",
      ["", "round trips and streams", "bytes of the jail", "sent and received for it"],
      Object.entries(figures.migrations).map(([way, { roundTrips, data, bytes }]) => [
        ...[way, roundTrips, data, bytes],
      ]),
    ),
    table(
      `A package of ${figures.deployment.files} files becomes a layer of a running jail`,
      ["", "round trips", "sent", "received"],
      [["deployed", ...["roundTrips", "sent", "received"].map((key) => figures.deployment[key])]],
    ),
    table(
      `A jail with ${SOFTWARE.packages} packages, ${SOFTWARE.services} services and ${SOFTWARE.files} files`,
      ["", "round trips", "processes"],
      Object.entries(figures.software).map(([what, { roundTrips, processes }]) => [
        ...[what, roundTrips, processes],
      ]),
    ),
    table(
      "A room: a jail without an address, made and removed",
      ["", "round trips", "processes", "KiB of files copied", "processes to remove it"],
      Object.entries(figures.rooms).map(([what, { roundTrips, processes, copied, removal }]) => [
        ...[what, `${roundTrips} + ${removal.roundTrips}`, processes],
        ...[copied, removal.processes],
      ]),
    ),
    ...Object.keys(figures.seconds).map((rtt) => times(figures, rtt)),
    `Connections to the host: ${figures.connectionsPerHost}`,
    `Memory of the provider's process: ${figures.providerMemoryMiB} MiB at its highest, ${figures.providerMemoryAtStartMiB} MiB before it did anything\n`,
    ...NOTES,
    "",
  ].join("\n");
}

function times({ seconds, speedup, speedupOverBareCommands }, rtt) {
  const { provider, perCommand, perBareCommand } = seconds[rtt];
  const line = (name, { create, read, delete: gone }, factor) => [name, create, read, gone, factor];
  return table(
    `100 jails at ${rtt.slice("rtt".length)} ms round-trip time, in seconds`,
    ["", "create", "refresh", "delete", "provider is faster"],
    [
      line("provider", provider, ""),
      line("a connection per command", perCommand, `${speedup[rtt]} times`),
      line(
        "a connection per bare command",
        perBareCommand,
        `${speedupOverBareCommands[rtt]} times`,
      ),
    ],
  );
}
