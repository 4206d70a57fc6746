/** Which car and which driver are sent, unless somebody chooses otherwise (默认选择). */

import type { Candidates, Refusal } from './types';

export interface Choice {
  vehicle: string | null;
  driver: string | null;
}

/** What is chosen unless somebody chooses otherwise: the first that may go. */
export function firstChoice(candidates: Candidates | undefined): Choice {
  const free = <T extends { refused: Refusal[] }>(list: T[] | undefined) => list?.find((one) => one.refused.length === 0);
  return { vehicle: free(candidates?.vehicles)?.vehicle_id ?? null, driver: free(candidates?.drivers)?.driver_id ?? null };
}

/** What was chosen, as far as it still may go. */
export function stillFree(choice: Choice, candidates: Candidates | undefined): Choice {
  const first = firstChoice(candidates);
  const vehicle = candidates?.vehicles.find((one) => one.vehicle_id === choice.vehicle && one.refused.length === 0)?.vehicle_id ?? first.vehicle;
  const driver = candidates?.drivers.find((one) => one.driver_id === choice.driver && one.refused.length === 0)?.driver_id ?? first.driver;
  return { vehicle, driver };
}
