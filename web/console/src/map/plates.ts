/** Plates beside the vehicles (号牌标注): for at most 300 in view, asked for by number, kept for good. */

import { get } from '../api/client';
import type { VehiclePage, VehicleSummary } from '../api/types';

export const LABEL_ZOOM = 13;
export const LABEL_LIMIT = 300;
const ASK_AT_ONCE = 100;

export interface Name {
  id: string;
  plate: string;
}

const names = new Map<number, Name>();
const asked = new Set<number>();

/** Every list and card that passes by teaches the map a name. */
export function learn(vehicles: VehicleSummary[]): void {
  for (const vehicle of vehicles) names.set(vehicle.no, { id: vehicle.id, plate: vehicle.plate });
}

export function nameOf(no: number): Name | undefined {
  return names.get(no);
}

/** Numbers by id, for what the address names. */
export function numberOf(id: string): number | undefined {
  for (const [no, name] of names) if (name.id === id) return no;
  return undefined;
}

/** Asks for the names not known yet; resolves to true when something was learnt. */
export async function askNames(numbers: number[]): Promise<boolean> {
  const missing = numbers.filter((no) => !names.has(no) && !asked.has(no));
  if (missing.length === 0) return false;
  let learnt = false;
  for (let at = 0; at < missing.length; at += ASK_AT_ONCE) {
    const some = missing.slice(at, at + ASK_AT_ONCE);
    for (const no of some) asked.add(no);
    try {
      const page = await get<VehiclePage>('/vehicles', { no: some.join(','), limit: ASK_AT_ONCE });
      learn(page.items);
      learnt = true;
    } catch {
      // Asked again when the map is next at rest.
      for (const no of some) asked.delete(no);
    }
  }
  return learnt;
}
