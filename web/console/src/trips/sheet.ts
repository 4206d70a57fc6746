/** The nineteen items of the printed dispatch sheet (派车单十九项); domain.md 3.1. An item that is not yet known is a line to write on. */

import i18next from 'i18next';
import { plate } from '../ui/format';
import type { Order, TripRequest } from './types';
import { km, shortTime, span, yuan } from './words';

export interface Item {
  /** Name of the text of its label. */
  name: string;
  value: string;
}

/** `approvals` come from the request, `paid` from the journal of expenses, in fen; without them they are left to the pen. */
export function sheetItems(order: Order, request: TripRequest | undefined, paid: number | undefined): Item[] {
  const t = i18next.t.bind(i18next);
  const hidden = order.is_masked ? t('trips.masked') : null;
  const names = order.passengers.map((one) => [one.name, one.phone].filter(Boolean).join(' ')).join(t('trips.join'));
  const read = (value: number | null) => (value === null ? '' : `${value.toFixed(1)} km`);
  const driven = order.depart_odometer_km !== null && order.return_odometer_km !== null ? km((order.return_odometer_km - order.depart_odometer_km) * 1000) : '';
  const decided = (request?.approvals ?? []).filter((one) => one.undone_at === null && ['approved', 'ratified'].includes(one.action));
  const at = (value: string | null) => (value ? shortTime(value) : '');
  return [
    { name: 'unit', value: order.unit_name },
    { name: 'fleet', value: order.fleet_name },
    { name: 'applicant', value: order.applicant },
    { name: 'reason', value: hidden ?? order.reason },
    { name: 'passengers', value: hidden ?? t('sheet.people', { n: order.passenger_count, names }) },
    { name: 'purpose', value: hidden ?? order.purpose },
    { name: 'from', value: hidden ?? order.from.name },
    { name: 'to', value: hidden ?? order.to.name },
    { name: 'way', value: hidden ?? [order.from, ...order.stops, order.to, ...(order.is_round_trip ? [order.from] : [])].map((spot) => spot.name).join(' → ') },
    { name: 'planned', value: span(order.begins_at, order.ends_at) },
    { name: 'car', value: `${plate(order.plate)} ${order.model} ${t('unit.seats', { n: order.seats })}${order.substitution ? ` ${t('sheet.substituted', { why: order.substitution })}` : ''}` },
    { name: 'driver', value: `${order.driver} ${order.driver_phone}` },
    { name: 'issued', value: `${order.issued_by} ${at(order.issued_at)}` },
    { name: 'approval', value: decided.map((one) => `${one.by ?? ''} ${one.opinion || t(`request.did_${one.action}`, { defaultValue: one.action })} ${shortTime(one.at)}`).join('\n') },
    { name: 'departed', value: [at(order.departed_at), read(order.depart_odometer_km)].filter(Boolean).join(' ') },
    { name: 'returned', value: [at(order.returned_at), read(order.return_odometer_km)].filter(Boolean).join(' ') },
    { name: 'distance', value: driven },
    { name: 'expenses', value: paid ? yuan(paid) : '' },
    { name: 'signatures', value: '' },
  ];
}
