/** What React shows of one vehicle now: the live channel's word where there is one, else the API's. */

import type { VehicleSummary } from '../api/types';
import { FLAG } from '../live/frames';
import { type Status, STATUSES } from '../live/fleet';
import type { LiveClient } from '../live/client';

export interface LiveView {
  status: Status;
  /** Goes with the status: both are of the same instant, so that they cannot contradict each other. */
  motion: Motion;
  speedKmh: number | null;
  headingDeg: number | null;
  /** Unix ms of the newest fix. */
  fixedAt: number | null;
  ageSeconds: number | null;
  hasPosition: boolean;
}

export type Motion = 'moving' | 'idling' | 'parked' | 'unknown';

/** Below this a car with its engine on stands (km/h). */
const STANDS = 3;

/** What the status and the ignition of one instant say of the motion; of a car that is not heard nobody knows it. */
export function motionOf(status: Status, speedKmh: number | null, ignition: boolean): Motion {
  if (status === 'offline') return 'unknown';
  if (status === 'running' || (status === 'faulty' && (speedKmh ?? 0) >= STANDS)) return 'moving';
  return ignition ? 'idling' : 'parked';
}

export function liveView(vehicle: VehicleSummary, live: LiveClient): LiveView {
  const { fleet } = live;
  // What the channel told before a car became exempt is nothing to show.
  const slot = vehicle.exempt ? undefined : fleet.slotOf.get(vehicle.no);
  const serverNow = Date.now() + live.skewMs();
  if (slot === undefined) {
    const fixedAt = vehicle.live?.fixed_at ? Date.parse(vehicle.live.fixed_at) : null;
    return {
      status: vehicle.live?.status ?? 'offline',
      motion: vehicle.live ? motionOf(vehicle.live.status, vehicle.live.speed_kmh, vehicle.live.ignition === true) : 'unknown',
      speedKmh: vehicle.live?.speed_kmh ?? null,
      headingDeg: vehicle.live?.heading_deg ?? null,
      fixedAt,
      ageSeconds: fixedAt === null ? null : Math.max(0, (serverNow - fixedAt) / 1000),
      hasPosition: vehicle.live?.lon != null,
    };
  }
  const flags = fleet.flags[slot]!;
  const status = STATUSES[fleet.status[slot]! & 3]!;
  const speedKmh = (flags & FLAG.hasPosition) !== 0 ? fleet.speed[slot]! : null;
  const fixedAt = fleet.fixedAt[slot]! > 0 ? fleet.fixedAt[slot]! * 1000 : null;
  return {
    status,
    motion: motionOf(status, speedKmh, (flags & FLAG.ignition) !== 0),
    speedKmh,
    headingDeg: (flags & FLAG.headingKnown) !== 0 ? (fleet.heading[slot]! * 360) / 256 : null,
    fixedAt,
    ageSeconds: fixedAt === null ? null : Math.max(0, (serverNow - fixedAt) / 1000),
    hasPosition: (flags & FLAG.hasPosition) !== 0,
  };
}
