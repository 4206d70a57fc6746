/** For how long nobody has touched the console (空闲): what the page asks by itself is nobody's doing. Shared by all tabs. */

const KEY = 'motorpool.activity';
/** The other tabs are told this often at the most. */
const TELL_MS = 5000;

let touchedAt = Date.now();
let toldAt = 0;
let asks = false;

/** Somebody is there. */
export function touch(): void {
  asks = false;
  touchedAt = Date.now();
  if (touchedAt - toldAt < TELL_MS) return;
  toldAt = touchedAt;
  try {
    localStorage.setItem(KEY, String(touchedAt));
  } catch {
    // Without storage each tab counts for itself.
  }
}

/** While the page asks whether anybody is there, only the answer counts. */
export function askForAnswer(): void {
  asks = true;
}

export function idleSeconds(): number {
  let shared = 0;
  try {
    shared = Number(localStorage.getItem(KEY) ?? 0);
  } catch {
    // This tab alone, then.
  }
  const now = Date.now();
  const latest = shared > touchedAt && shared <= now ? shared : touchedAt;
  return Math.max(0, Math.floor((now - latest) / 1000));
}

/** Seconds before the server's own limit at which the page signs out: the server knows the last use to the minute. */
const MARGIN_SECONDS = 60;
/** For so long the page asks first. */
export const WARN_SECONDS = 60;

export function secondsLeft(limit: number): number {
  return Math.max(limit - MARGIN_SECONDS, WARN_SECONDS + 10) - idleSeconds();
}

for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const) {
  globalThis.addEventListener?.(name, () => !asks && touch(), { passive: true, capture: true });
}
