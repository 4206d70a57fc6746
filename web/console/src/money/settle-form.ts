/** What is asked for when an order is settled (结算参数): by the tariff, by what was paid, or by the hours of a time-share car. */

import type { Order } from '../trips/types';
import type { Basis, ToSettle } from './api';
import { fenOf } from './words';

export interface SettleForm {
  basis: Basis;
  area: 'inside' | 'outside';
  /** Empty: by the car's seats. */
  tariffClass: string;
  days: string;
  /** Kilometres, where the odometer was not read. */
  distance: string;
  /** Yuan a started hour. */
  hour: string;
}

export const CLASSES = ['sedan', 'business_suv', 'minibus', 'bus'] as const;

export function hasOdometer(order: Pick<Order, 'depart_odometer_km' | 'return_odometer_km'>): boolean {
  return order.depart_odometer_km !== null && order.return_odometer_km !== null;
}

/** The form as it is opened: by the tariff, out of town, with the way as it was reckoned where nobody read the odometer. */
export function newSettleForm(order: Order): SettleForm {
  return { basis: 'tariff', area: 'outside', tariffClass: '', days: '0', distance: hasOdometer(order) ? '' : (order.distance_m / 1000).toFixed(1), hour: '' };
}

/** What is sent; null while something is no number. */
export function toSettle(form: SettleForm, isRead: boolean): ToSettle | null {
  const isTariff = form.basis === 'tariff';
  const days = /^\d{1,3}$/.test(form.days.trim()) ? Number(form.days) : null;
  const metres = /^\d{1,5}(\.\d+)?$/.test(form.distance.trim()) ? Math.round(Number(form.distance) * 1000) : null;
  const hour = fenOf(form.hour);
  if (isTariff && (days === null || (!isRead && metres === null))) return null;
  if (form.basis === 'time_share' && (hour === null || hour <= 0)) return null;
  return {
    basis: form.basis,
    area: isTariff ? form.area : null,
    class: isTariff && form.tariffClass !== '' ? form.tariffClass : null,
    days_out_of_town: isTariff ? (days ?? 0) : 0,
    distance_m: isTariff && !isRead ? metres : null,
    hour_fen: form.basis === 'time_share' ? hour : null,
  };
}
