/**
 * What the API answers, by our names. The shapes come from the service's own description (`web/openapi.json`,
 * `npm run api`); where it says only "a string", the words are spelt out here.
 */

import type { Status } from '../live/fleet';
import type { components } from './schema';

type Schemas = components['schemas'];
/** The service writes every field, null where there is nothing. */
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export type Account = Written<Schemas['AccountView']>;
/** What has to be done before the work: nothing for most. */
export type Pending = 'code' | 'password' | 'second_factor';
export type Session = With<Written<Schemas['SessionView']>, { account: Account; pending: Pending | null }>;
export type Security = With<
  Written<Schemas['SecurityView']>,
  { password: Written<Schemas['PasswordView']>; second_factor: Written<Schemas['SecondFactorView']>; identity: Written<Schemas['IdentityView']> | null }
>;
export type SessionLine = With<Written<Schemas['SessionItem']>, { kind: 'browser' | 'program' }>;
export type NewSecret = Written<Schemas['SecretView']>;
export type Config = With<Written<Schemas['ConfigurationView']>, { map: With<Written<Schemas['MapView']>, { center: [number, number] }> }>;

export type VehicleLive = With<Written<Schemas['LiveView']>, { status: Status; motion: 'moving' | 'idling' | 'parked' }>;
export type VehicleSummary = With<Written<Schemas['VehicleSummary']>, { live: VehicleLive | null }>;
export type Counts = Written<Schemas['Counts']>;
export type VehiclePage = With<Written<Schemas['VehiclePage']>, { items: VehicleSummary[] }>;

export type BoundDevice = Written<Schemas['FittingView']>;
export type Today = Written<Schemas['TodayView']>;
export type Point = Written<Schemas['PlaceView']>;
export type Trip = With<Written<Schemas['TripView']>, { from: Point | null; to: Point | null }>;
export interface VehicleDetail extends VehicleSummary {
  vin: string | null;
  devices: BoundDevice[];
  today: Today;
  current_trip: Trip | null;
  /** The alarms that last, the earliest first. */
  open_alarms: Alarm[];
  /** The seal under which it is now. */
  seal: Pick<Written<Schemas['SealView']>, 'from' | 'until' | 'place' | 'reason'> | null;
}

/** An exemption of a car from tracking (免定位). */
export type ExemptionBasis = 'state_security' | 'investigation' | 'other_secret';
export type Exemption = With<Written<Schemas['ExemptionView']>, { basis: ExemptionBasis }>;

export type Alarm = Written<Schemas['AlarmView']>;

export type Day = Written<Schemas['DayView']>;
/** A track, column by column (轨迹). */
export type Track = Written<Schemas['TrackView']>;
export type Stop = Written<Schemas['StopView']>;
export type Unit = Written<Schemas['UnitView']>;

export type Device = Written<Schemas['DeviceView']>;
export type NewDevice = Written<Schemas['DeviceMade']>;

/** Messages of the account (消息). */
export type InboxMessage = With<Written<Schemas['InboxMessage']>, { severity: 'note' | 'important' | 'emergency'; subject: { kind: string; id: string } | null }>;
export type InboxPage = With<Written<Schemas['InboxPage']>, { items: InboxMessage[] }>;
export type InboxCounts = Written<Schemas['InboxCounts']>;
export type NotifyPreference = Written<Schemas['NotifyPreference']>;

/** An error in the server's words; a proxy on the way may have said less. */
export type Problem = Partial<Omit<Schemas['Problem'], 'code'>> & { code: string };

export interface Items<T> {
  items: T[];
}

/** Programs for our own bridges (终端固件). */
export type RolloutState = 'running' | 'paused' | 'stopped' | 'finished';
export type RolloutAction = 'advance' | 'pause' | 'resume' | 'stop';
export type TargetState = 'waiting' | 'ordered' | 'trial' | 'confirmed' | 'rolled_back' | 'failed';
export type FirmwareImage = Written<Schemas['ImageView']>;
export type Rollout = With<Written<Schemas['RolloutView']>, { state: RolloutState; actions: RolloutAction[]; counts: Record<TargetState, number> }>;
export type RolloutTarget = With<Written<Schemas['TargetView']>, { state: TargetState }>;
export type Firmware = With<Written<Schemas['FirmwareView']>, { images: FirmwareImage[]; rollouts: Rollout[] }>;
