/**
 * The papers of a trip by our names (用车单据): request, dispatch order, flow. The shapes come from the service's description; where
 * it says only "a string", the words are spelt out here.
 */

import type { components } from '../api/schema';

type Schemas = components['schemas'];
/** The service writes every field, null where there is nothing. */
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

/** A place that is sent: with its point. */
export type Spot = Schemas['Place'];
/** A place as it is told: without a point where it is kept from the reader. */
export type ToldSpot = Written<Schemas['SpotView']>;
export type Passenger = Written<Schemas['Rider']>;
/** What is asked for (用车需求). */
export type Wish = With<Written<Schemas['TripWish']>, { passengers: Passenger[] }>;

export type RequestState = 'draft' | 'submitted' | 'approved' | 'ordered' | 'closed' | 'rejected' | 'withdrawn' | 'cancelled';
export type OrderState = 'issued' | 'accepted' | 'underway' | 'waiting' | 'returned' | 'settled' | 'declined' | 'cancelled';
/** What may be done to a request; `order` gives it a car, `rewrite` corrects the draft. */
export type RequestMove = 'submit' | 'approve' | 'reject' | 'send_back' | 'undo' | 'ratify' | 'withdraw' | 'cancel' | 'transfer' | 'add_signer' | 'order' | 'rewrite' | 'hand_over' | 'call_back';

export type Step = Written<Schemas['StepView']>;
export type Approval = Written<Schemas['ApprovalView']>;
/** An order as its request names it. */
export type OrderLine = With<Written<Schemas['RequestOrderView']>, { state: OrderState }>;
/** A request's way to another platform or from one (转派). */
export type HandOver = With<Written<Schemas['HandOverView']>, { orders: Written<Schemas['RemoteOrderView']>[] }>;
export type TripRequest = With<
  Written<Schemas['TripRequestView']>,
  { state: RequestState; moves: RequestMove[]; from: ToldSpot; to: ToldSpot; stops: ToldSpot[]; passengers: Passenger[]; steps: Step[]; approvals: Approval[]; orders: OrderLine[]; hints: Hint[]; hand_over: HandOver | null }
>;
export type TripPage = With<Written<Schemas['TripRequestPage']>, { items: TripRequest[] }>;
export type TripCounts = Written<Schemas['TripCounts']>;

/** What may be chosen on the sheet. */
export type Options = Written<Schemas['TripOptions']>;
/** What the rules say to who decides (规则提示). */
export type Hint = Written<Schemas['RequestHint']>;
/** What speaks against a wish (校验提示). */
export type Notice = Written<Schemas['NoticeView']>;
/** The car that would come (可能派车). */
export type LikelyCar = Written<Schemas['LikelyCar']>;
/** What the service says of a wish while it is typed. */
export type Check = With<Written<Schemas['TripCheck']>, { notices: Notice[]; likely: LikelyCar | null }>;
export type Decided = Written<Schemas['TripDecisionsMade']>;

export type Refusal = Schemas['RefusalView'];
export type VehicleCandidate = Written<Schemas['CarCandidate']>;
export type DriverCandidate = Written<Schemas['DriverCandidate']>;
/** Cars and drivers, the best first, those that cannot go last (候选车辆、驾驶员). */
export type Candidates = With<Written<Schemas['TripCandidates']>, { vehicles: VehicleCandidate[]; drivers: DriverCandidate[] }>;

/** A dispatch order (派车单). */
export type Order = With<Written<Schemas['DispatchOrderView']>, { state: OrderState; from: ToldSpot; to: ToldSpot; stops: ToldSpot[]; passengers: Passenger[] }>;

export type ProposedOrder = Written<Schemas['ProposedOrder']>;
/** A plan for what waits (排班建议). */
export type Proposal = With<Written<Schemas['DispatchProposal']>, { proposals: ProposedOrder[]; unserved: Written<Schemas['UnservedTrip']>[] }>;

export type BoardOrder = With<Written<Schemas['BoardOrder']>, { state: OrderState }>;
export type BoardVehicle = With<Written<Schemas['BoardVehicle']>, { orders: BoardOrder[] }>;
/** Vehicles by time, with what waits for one (派车看板). */
export interface Board {
  vehicles: BoardVehicle[];
  waiting: TripRequest[];
}

export type Signer = 'own_leader' | 'superior_leader' | 'fleet_leader';
export type FlowStep = With<Written<Schemas['FlowStepView']>, { signer: Signer }>;
/** When a flow is meant: each that is stated has to hold. */
export type FlowCondition = Written<Schemas['FlowCondition']>;
/** An approval flow (审批流程). */
export type Flow = With<Written<Schemas['FlowView']>, { when: FlowCondition; steps: FlowStep[] }>;
export interface Flows {
  items: Flow[];
  may_change: boolean;
}
