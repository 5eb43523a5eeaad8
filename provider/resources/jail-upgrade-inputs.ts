/** What a program may declare of a jail's upgrades. */
import { z } from "zod";

/** How a jail is known to be well after it was started on another base; without it, that it starts is enough. */
export const healthCheck = z.strictObject({
  /** Words, or a line for the jail's /bin/sh. Success is exit status 0. */
  command: z.union([
    z.array(z.string().min(1)).min(1),
    z
      .string()
      .min(1)
      .transform((line) => ["/bin/sh", "-c", line]),
  ]),
  /** Attempts before the old tree is taken back. */
  retries: z.number().int().min(1).max(1000).default(5),
  /** Seconds between two attempts. */
  interval: z.number().int().min(0).max(3600).default(2),
  /** Seconds for all attempts together. */
  deadline: z.number().int().min(1).max(3600).default(60),
});

export const upgradeShape = {
  healthCheck: healthCheck.optional(),
  /** How many trees of former bases are kept. */
  keepOld: z.number().int().min(0).max(100).default(1),
  /** How many jails of the host are stopped for an upgrade at a time. */
  upgradeParallelism: z.number().int().min(1).max(1000).default(1),
};
