/** How fast the telephone moves, and whether its screen may be touched (行车锁定). */

export interface Fix {
  /** Unix milliseconds. */
  at: number;
  lon: number;
  lat: number;
  /** What the telephone says; null: it does not say. */
  speed_kmh: number | null;
  accuracy_m: number;
}

/** Faster than this nobody touches anything but help and "arrived". */
export const TOUCH_KMH = 5;
/** So long one has to have been slow before the screen can be touched again: a traffic light is no stop. */
const SETTLE_MS = 4000;
/** What is older says nothing of now. */
const STALE_MS = 15_000;
/** A fix that may be wrong by more is no ground for a speed. */
const VAGUE_M = 60;

export function distance(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return 6_371_009 * Math.hypot(dLat, dLon);
}

/** Km/h: what the telephone says, else by how far it has come; null where nothing can be said. */
export function speedOf(before: Fix | undefined, now: Fix): number | null {
  if (now.speed_kmh !== null) return now.speed_kmh;
  if (!before || now.accuracy_m > VAGUE_M || before.accuracy_m > VAGUE_M) return null;
  const seconds = (now.at - before.at) / 1000;
  return seconds >= 1 && seconds <= 30 ? (distance(before, now) / seconds) * 3.6 : null;
}

export interface Motion {
  fix?: Fix;
  /** Null: not known. */
  speed_kmh: number | null;
  /** When it was last faster than may be touched. */
  fast_at: number | null;
}

export const STILL: Motion = { speed_kmh: null, fast_at: null };

export function moved(motion: Motion, fix: Fix): Motion {
  const speed = speedOf(motion.fix, fix);
  return { fix, speed_kmh: speed, fast_at: speed !== null && speed > TOUCH_KMH ? fix.at : motion.fast_at };
}

/** Nothing may be touched but help and "arrived". Where the speed is not known, nothing is locked: somebody may have to stop the trip. */
export function isLocked(motion: Motion, now: number): boolean {
  if (motion.fast_at === null || !motion.fix || now - motion.fix.at > STALE_MS) return false;
  return (motion.speed_kmh ?? 0) > TOUCH_KMH || now - motion.fast_at < SETTLE_MS;
}
