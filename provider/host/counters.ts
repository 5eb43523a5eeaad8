/** What this process has asked of its hosts, for the benchmark. */

export interface HostCounters {
  /** Connections that were made (not those that failed). */
  connections: number;
  /** Batches that were answered. */
  roundTrips: number;
  /** Commands that ran in these batches. */
  commands: number;
  bytesSent: number;
  bytesReceived: number;
}

const counters: HostCounters = {
  connections: 0,
  roundTrips: 0,
  commands: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

/** The counts so far, as a copy. */
export function hostCounters(): HostCounters {
  return { ...counters };
}

/** Adds to the counts. */
export function count(added: Partial<HostCounters>): void {
  for (const [name, amount] of Object.entries(added)) {
    counters[name as keyof HostCounters] += amount;
  }
}
