/** Machines and a stack as they are before what is tested: set up once, and begun again for each try. */
import { factCommands } from "../../provider/freebsd/sysctl.js";
import { closeConnections, openSession, parseHost } from "../../provider/host/index.js";
import type { Stack } from "./engine.js";
import type { World } from "./world.js";

export interface Scene {
  /** The machines are as they were, each with a connection that is open; the answer is the stack as it was. */
  begin(): Promise<Stack>;
}

/** Remembers machines and what a stack has on them. */
export async function makeScene(worlds: readonly World[], stack: Stack): Promise<Scene> {
  const checkpoints = await Promise.all(worlds.map(({ host }) => host.checkpoint()));
  const then = stack.copy();
  return {
    async begin() {
      closeConnections();
      for (const { host } of worlds) host.faults.clear();
      for (const checkpoint of checkpoints) await checkpoint.restore();
      await Promise.all(worlds.map(connect));
      return then.copy();
    },
  };
}

/** Opens the connection that resources with this login share, and has the host say what it says but once. */
async function connect({ login }: World): Promise<void> {
  await openSession(parseHost(login)).observe(Object.values(factCommands));
}
