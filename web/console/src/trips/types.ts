/** The papers of a trip as the service tells them (用车单据): request, dispatch order, flow. */

export interface Spot {
  name: string;
  lon: number;
  lat: number;
}

export interface Passenger {
  name: string;
  phone: string;
}

export type Category = 'confidential_courier' | 'emergency_support' | 'law_enforcement' | 'special_technical' | 'retired_cadre_service' | 'other';

/** What is asked for (用车需求). */
export interface Wish {
  unit_id: string;
  fleet_unit_id?: string | null;
  reason: string;
  purpose: string;
  is_confidential: boolean;
  is_emergency: boolean;
  is_poolable: boolean;
  category: string;
  seats: number;
  passengers: Passenger[];
  passenger_count: number;
  vehicle_count: number;
  from: Spot;
  to: Spot;
  stops: Spot[];
  is_round_trip: boolean;
  begins_at: string;
  ends_at: string;
  note: string;
  wanted_vehicle_id?: string | null;
}

export type RequestState = 'draft' | 'submitted' | 'approved' | 'ordered' | 'closed' | 'rejected' | 'withdrawn' | 'cancelled';
export type OrderState = 'issued' | 'accepted' | 'underway' | 'waiting' | 'returned' | 'settled' | 'declined' | 'cancelled';

/** What may be done to a request; `order` is done by giving it a car. */
export type RequestMove = 'submit' | 'approve' | 'reject' | 'send_back' | 'undo' | 'ratify' | 'withdraw' | 'cancel' | 'transfer' | 'add_signer' | 'order';

export interface Step {
  name: string;
  unit_name: string;
  only?: string | null;
  due_at?: string | null;
}

export interface Approval {
  action: string;
  step: number;
  by: string | null;
  at: string;
  opinion: string;
  undone_at: string | null;
}

/** An order as its request names it. */
export interface OrderLine {
  id: string;
  number: string;
  state: OrderState;
  vehicle_id: string;
  vehicle_no: number;
  plate: string;
  driver: string;
  driver_phone: string;
  departed_at: string | null;
  returned_at: string | null;
}

/** What speaks against a wish (校验提示). */
export interface Notice {
  field: string;
  code: string;
  title: string;
  is_refusal: boolean;
  clause?: string | null;
}

export interface TripRequest extends Wish {
  id: string;
  number: string;
  state: RequestState;
  unit_name: string;
  fleet_name: string;
  applicant_id: string;
  applicant: string;
  distance_m: number;
  estimate_fen: number;
  steps: Step[];
  /** The step that is waited for, from 0. */
  step: number;
  ratify_by: string | null;
  ratified_at: string | null;
  created_at: string;
  submitted_at: string | null;
  decided_at: string | null;
  changed_at: string;
  /** Until when the asker may take the own decision back. */
  undo_until: string | null;
  /** Reason and places are kept from the asker (涉密). */
  is_masked: boolean;
  /** What the asker may do now. */
  moves: RequestMove[];
  approvals: Approval[];
  orders: OrderLine[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Named {
  id: string;
  name: string;
}

export interface Reason {
  reason: string;
  is_allowed: boolean;
  clause: string;
}

/** What may be chosen on the sheet. */
export interface Options {
  reasons: Reason[];
  units: Named[];
  fleets: Named[];
  categories: string[];
  places: Spot[];
  now: string;
}

/** What the service says of a wish while it is typed. */
export interface Check {
  notices: Notice[];
  distance_m: number;
  duration_s: number;
  estimate_fen: number;
  steps: { name: string; unit_name: string }[];
  likely: { vehicle_id: string; plate: string; away_m: number | null } | null;
  allowance_left_fen: number | null;
}

export interface Refusal {
  code: string;
  title: string;
}

export interface VehicleCandidate {
  vehicle_id: string;
  no: number;
  plate: string;
  model: string;
  seats: number;
  powertrain: string;
  unit_name: string;
  lon: number | null;
  lat: number | null;
  away_m: number | null;
  soc_pct: number | null;
  fuel_pct: number | null;
  is_substitute: boolean;
  refused: Refusal[];
}

export interface DriverCandidate {
  driver_id: string;
  name: string;
  phone: string;
  licence_class: string;
  refused: Refusal[];
}

/** Cars and drivers, the best first, those that cannot go last (候选车辆、驾驶员). */
export interface Candidates {
  vehicles: VehicleCandidate[];
  drivers: DriverCandidate[];
}

export interface TripCounts {
  to_decide: number;
  to_dispatch: number;
  mine_open: number;
  my_tasks: number;
}

export interface OrderLog {
  action: string;
  at: string;
  recorded_at: string;
  by: string | null;
  odometer_km: number | null;
  lon: number | null;
  lat: number | null;
  reason: string | null;
}

/** A dispatch order (派车单). */
export interface Order {
  id: string;
  number: string;
  state: OrderState;
  request_id: string;
  request_number: string;
  unit_name: string;
  fleet_name: string;
  applicant: string;
  applicant_phone?: string | null;
  vehicle_id: string;
  vehicle_no: number;
  plate: string;
  model: string;
  seats: number;
  driver_id: string;
  driver: string;
  driver_phone: string;
  begins_at: string;
  ends_at: string;
  reason: string;
  purpose: string;
  passengers: Passenger[];
  passenger_count: number;
  from: Spot;
  to: Spot;
  stops: Spot[];
  is_round_trip: boolean;
  is_emergency: boolean;
  is_confidential: boolean;
  is_masked: boolean;
  substitution: string | null;
  issued_by: string;
  issued_at: string;
  accepted_at: string | null;
  departed_at: string | null;
  arrived_at: string | null;
  waiting_since: string | null;
  waited_s: number;
  returned_at: string | null;
  settled_at: string | null;
  depart_odometer_km: number | null;
  return_odometer_km: number | null;
  end_reason: string | null;
  moves: string[];
  log: OrderLog[];
}

export interface BoardOrder {
  id: string;
  number: string;
  state: OrderState;
  begins_at: string;
  ends_at: string;
  title: string;
  driver: string;
  request_id: string;
}

export interface BoardVehicle {
  id: string;
  no: number;
  plate: string;
  model: string;
  seats: number;
  powertrain: string;
  category: string;
  unit_name: string;
  status: string;
  orders: BoardOrder[];
}

/** Vehicles by time, with what waits for one (派车看板). */
export interface Board {
  vehicles: BoardVehicle[];
  waiting: TripRequest[];
}

export type Signer = 'own_leader' | 'superior_leader' | 'fleet_leader';

export interface FlowStep {
  name: string;
  signer: Signer;
  escalate_after_minutes: number | null;
}

/** When a flow is meant: each that is stated has to hold. */
export interface FlowCondition {
  categories: string[];
  at_least_m: number | null;
  at_least_fen: number | null;
  on_holiday: boolean | null;
}

/** An approval flow (审批流程). */
export interface Flow {
  id: string;
  unit_id: string;
  unit_name: string;
  name: string;
  rank: number;
  when: FlowCondition;
  steps: FlowStep[];
}

export interface Flows {
  items: Flow[];
  may_change: boolean;
}
