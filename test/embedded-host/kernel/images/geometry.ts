/** Heads and sectors that GEOM makes up for a disk that tells none: those that leave the fewest sectors over. */
export function geometryOf(blocks: number): { heads: number; sectors: number } {
  let best = { heads: 0, sectors: 0, covered: 0 };
  for (const sectors of [1, 9, 17, 33, 63]) {
    const { heads, covered } = headsFor(blocks, sectors);
    const better = covered === best.covered && heads > 1 && best.sectors === 1;
    if (covered > 0 && (covered > best.covered || better)) best = { heads, sectors, covered };
  }
  return best.covered > 0 ? best : { heads: 255, sectors: 63 };
}

function headsFor(blocks: number, sectors: number): { heads: number; covered: number } {
  let best = { heads: 0, covered: 0 };
  for (const heads of [1, 2, 16, 32, 64, 128, 255]) {
    const cylinders = Math.floor(blocks / heads / sectors);
    if (cylinders < heads || cylinders < sectors) break;
    if (cylinders > 1023) continue;
    const covered = cylinders * heads * sectors;
    if (covered > best.covered || (covered === best.covered && best.heads === 1)) {
      best = { heads, covered };
    }
  }
  return best;
}
