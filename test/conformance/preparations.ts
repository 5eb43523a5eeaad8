/** What the recorded hosts were or had before a session, and no session shows: shell lines, run first. */
import type { Release } from "../embedded-host/contract.js";
import { bastilleLayout } from "./bastille.js";

export interface Preparation {
  readonly session: string;
  /** Default: both. */
  readonly release?: Release;
  readonly why: string;
  readonly lines: readonly string[];
}

const OLD = "13.2-RELEASE";

export const preparations: readonly Preparation[] = [
  {
    session: "03",
    why: "the recorded hosts had only the set base.txz",
    lines: [
      "cd /usr/freebsd-dist && grep ^base.txz MANIFEST > new && mv -f new MANIFEST",
      "cd /usr/freebsd-dist && rm -f lib32.txz src.txz ports.txz",
    ],
  },
  {
    session: "04",
    release: OLD,
    why: "these modules came later, and with them parameters of jails",
    lines: ["kldunload zfs", "kldunload fdescfs"],
  },
  {
    session: "09",
    release: OLD,
    why: "by then they had come",
    lines: ["kldload zfs", "kldload fdescfs"],
  },
  {
    session: "09",
    why: "forwarding had been switched on",
    lines: ["sysctl net.inet.ip.forwarding=1"],
  },
  { session: "18", release: OLD, why: "pf was loaded already", lines: ["kldload pf"] },
  {
    session: "20",
    release: OLD,
    why: "the address that session 08 leaves had been removed",
    lines: ["ifconfig vtnet0 inet 10.0.2.121 -alias"],
  },
  {
    session: "21",
    release: OLD,
    why: "sessions that were recorded again had used up numbers of jails",
    lines: [
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do jail -c name=x path=/ persist && jail -r x; done",
    ],
  },
  {
    session: "23",
    release: OLD,
    why: "another jail manager had left a pool with its datasets",
    lines: [
      "zpool create -m none tank /dev/vtbd1",
      "for d in backups cache cache/13.2-RELEASE jails logs releases releases/13.2-RELEASE templates volumes; do zfs create -p tank/bastille/$d; done",
    ],
  },
  {
    session: "40",
    why: "Bastille had made three jails",
    lines: bastilleLayout(),
  },
];
