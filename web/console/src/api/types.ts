/** What the API answers, as the contract of `/api/v1` has it. */

import type { Status } from '../live/fleet';

export interface Account {
  id: string;
  login: string;
  display_name: string;
  role: string;
  unit_id: string;
  unit_name: string;
}
export interface Session {
  account: Account;
  csrf_token: string;
}

export interface Config {
  title_zh: string;
  title_en: string;
  demo: boolean;
  version: string;
  map: { kind: string; crs: string; center: [number, number]; zoom: number };
}

export interface VehicleLive {
  status: Status;
  motion: 'moving' | 'idling' | 'parked';
  online: boolean;
  fixed_at: string | null;
  received_at: string | null;
  lon: number | null;
  lat: number | null;
  speed_kmh: number | null;
  heading_deg: number | null;
  odometer_km: number | null;
  soc_pct: number | null;
  fuel_pct: number | null;
  fuel_l: number | null;
  voltage_v: number | null;
  ignition: boolean | null;
  charging: boolean | null;
  trouble_codes: string[] | null;
}

export interface VehicleSummary {
  id: string;
  no: number;
  plate: string;
  alias: string | null;
  unit_id: string;
  unit_name: string;
  category: string;
  powertrain: string;
  model: string | null;
  seats: number | null;
  asset_status: string;
  live: VehicleLive | null;
}

export interface Counts {
  running: number;
  still: number;
  offline: number;
  faulty: number;
  total: number;
}
export interface VehiclePage {
  items: VehicleSummary[];
  next: string | null;
  counts: Counts;
}

export interface BoundDevice {
  id: string;
  terminal_id: string;
  model: string | null;
  bound_from: string | null;
  bound_to: string | null;
}
export interface Today {
  distance_km: number;
  trips: number;
  driving_s: number;
  max_speed_kmh: number | null;
}
export interface VehicleDetail extends VehicleSummary {
  vin: string | null;
  devices: BoundDevice[];
  today: Today | null;
  current_trip: Trip | null;
}

export interface Day {
  day: string;
  fixes: number;
  distance_km: number;
  trips: number;
}

/** A track, column by column (轨迹). */
export interface Track {
  crs: string;
  from: string;
  to: string;
  count: number;
  t: number[];
  lon: number[];
  lat: number[];
  speed_kmh: (number | null)[];
  heading_deg: (number | null)[];
  odometer_km: (number | null)[];
  soc_pct: (number | null)[];
  fuel_pct: (number | null)[];
  ignition: (boolean | null)[];
}

export interface Point {
  lon: number;
  lat: number;
}
export interface Trip {
  id: string;
  started_at: string;
  ended_at: string | null;
  distance_km: number;
  max_speed_kmh: number | null;
  from: Point | null;
  to: Point | null;
  stops: number;
}
export interface Stop {
  id: string;
  from: string;
  to: string | null;
  seconds: number;
  lon: number;
  lat: number;
  place: string | null;
}

export interface Unit {
  id: string;
  parent_id: string | null;
  name: string;
  level: number;
  region_code: string | null;
  lon: number | null;
  lat: number | null;
}

export interface Device {
  id: string;
  terminal_id: string;
  model: string | null;
  created_at: string | null;
  vehicle_id: string | null;
  plate: string | null;
}
export interface NewDevice {
  id: string;
  terminal_id: string;
  secret: string;
}

export interface Problem {
  code: string;
  title?: string;
  detail?: string;
  /** Code of what is wrong with each field, and the server's words for it. */
  fields?: Record<string, string>;
  field_titles?: Record<string, string>;
  retry_after_s?: number;
}

export interface Items<T> {
  items: T[];
}
