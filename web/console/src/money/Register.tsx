/** Trips as the public is shown them (公示内容): when, what for, where, how far, fuel and energy, and what it cost; nobody is named. */

import { useText } from '../i18n';
import { dateTime, NONE, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty } from '../ui/states';
import { span, yuan } from '../trips/words';
import type { PublicTrip } from './api';

const COLUMNS = ['when', 'why', 'where', 'distance', 'energy', 'cost'];

interface RegisterProps {
  trips: PublicTrip[];
  caption: string;
  /** Takes one back; null where that is nobody's business. */
  onTakeBack?: ((trip: PublicTrip) => void) | null;
}

export function Register({ trips, caption, onTakeBack = null }: RegisterProps) {
  const t = useText();
  if (trips.length === 0) return <Empty title={t('public.no_trips')} />;
  const shown = trips.filter((trip) => trip.taken_back_at === null);
  const sum = (of: (trip: PublicTrip) => number) => shown.reduce((total, trip) => total + of(trip), 0);
  return (
    <div className="table-scroll money-rows public-rows" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('public.column_unit')}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={['distance', 'energy', 'cost'].includes(column) ? 'money-number' : undefined}>
                {t(`public.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {trips.map((trip) => (
            <tr key={trip.id} data-gone={trip.taken_back_at !== null || undefined}>
              <th scope="row">{trip.unit_name}</th>
              <td className="num" data-label={t('public.column_when')}>
                {span(trip.began_at, trip.ended_at)}
              </td>
              <td className="money-wrap" data-label={t('public.column_why')}>
                {trip.reason}
              </td>
              <td className="money-wrap" data-label={t('public.column_where')}>
                {trip.from} → {trip.to}
                {trip.taken_back_at !== null && (
                  <small className="money-line public-back">
                    {t('public.taken_back', { why: trip.take_back_reason ?? '' })} <span className="num">{dateTime(trip.taken_back_at)}</span>
                  </small>
                )}
              </td>
              <td className="num money-number" data-label={t('public.column_distance')}>
                {number(trip.distance_km, 1)} km
              </td>
              <td className="num money-number" data-label={t('public.column_energy')}>
                {energy(trip)}
              </td>
              <td className="num money-number" data-label={t('public.column_cost')}>
                {yuan(trip.cost_fen)}
                {onTakeBack && trip.taken_back_at === null && (
                  <Button look="quiet" aria-label={t('public.take_back_of', { when: span(trip.began_at, trip.ended_at), where: trip.to })} onPress={() => onTakeBack(trip)}>
                    {t('public.take_back')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={4}>
              {t('public.sum', { n: shown.length })}
            </th>
            <td className="num money-number">{number(sum((trip) => trip.distance_km), 1)} km</td>
            <td />
            <td className="num money-number">{yuan(sum((trip) => trip.cost_fen))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function energy(trip: PublicTrip): string {
  const parts = [trip.fuel_l !== null && `${number(trip.fuel_l, 2)} L`, trip.energy_kwh !== null && `${number(trip.energy_kwh, 2)} kWh`].filter(Boolean);
  return parts.length > 0 ? parts.join(' + ') : NONE;
}
