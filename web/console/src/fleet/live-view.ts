/** What React shows of one vehicle now: the live channel's word where there is one, else the API's. */

import type { VehicleSummary } from '../api/types';
import { FLAG } from '../live/frames';
import { type Status, STATUSES } from '../live/fleet';
import type { LiveClient } from '../live/client';

export interface LiveView {
  status: Status;
  speedKmh: number | null;
  headingDeg: number | null;
  /** Unix ms of the newest fix. */
  fixedAt: number | null;
  ageSeconds: number | null;
  hasPosition: boolean;
}

export function liveView(vehicle: VehicleSummary, live: LiveClient): LiveView {
  const { fleet } = live;
  const slot = fleet.slotOf.get(vehicle.no);
  const serverNow = Date.now() + live.skewMs();
  if (slot === undefined) {
    const fixedAt = vehicle.live?.fixed_at ? Date.parse(vehicle.live.fixed_at) : null;
    return {
      status: vehicle.live?.status ?? 'offline',
      speedKmh: vehicle.live?.speed_kmh ?? null,
      headingDeg: vehicle.live?.heading_deg ?? null,
      fixedAt,
      ageSeconds: fixedAt === null ? null : Math.max(0, (serverNow - fixedAt) / 1000),
      hasPosition: vehicle.live?.lon != null,
    };
  }
  const flags = fleet.flags[slot]!;
  const fixedAt = fleet.fixedAt[slot]! > 0 ? fleet.fixedAt[slot]! * 1000 : null;
  return {
    status: STATUSES[fleet.status[slot]! & 3]!,
    speedKmh: (flags & FLAG.hasPosition) !== 0 ? fleet.speed[slot]! : null,
    headingDeg: (flags & FLAG.headingKnown) !== 0 ? (fleet.heading[slot]! * 360) / 256 : null,
    fixedAt,
    ageSeconds: fixedAt === null ? null : Math.max(0, (serverNow - fixedAt) / 1000),
    hasPosition: (flags & FLAG.hasPosition) !== 0,
  };
}
