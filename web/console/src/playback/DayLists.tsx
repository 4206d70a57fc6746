/** The day's trips (行程) and stops (停留点), each a way into the playback. */

import { useState } from 'react';
import type { Stop, Trip } from '../api/types';
import { useText } from '../i18n';
import { dateTime, duration, hourMinute, number, placeName } from '../ui/format';
import { Pick } from '../ui/kit';
import { letGo } from './let-go';

const THRESHOLDS_S = [60, 180, 300, 600, 1800];

interface DayListsProps {
  trips: Trip[];
  stops: Stop[];
  /** When the day begins: what began before it is not given a time of this day. */
  begin: number;
  at: number;
  minSeconds: number;
  onMinSeconds: (seconds: number) => void;
  onSeek: (at: number) => void;
}

export function DayLists({ trips, stops, begin, at, minSeconds, onMinSeconds, onSeek }: DayListsProps) {
  const t = useText();
  const [tab, setTab] = useState<'stops' | 'trips'>('stops');
  const ms = (text: string) => Date.parse(text);
  return (
    <div className="day-lists">
      <div className="day-lists-head">
        <div className="switch" role="group" aria-label={t('playback.lists')}>
          <button type="button" aria-pressed={tab === 'stops'} onClick={() => setTab('stops')}>
            {t('playback.stops')} <span className="num">{stops.length}</span>
          </button>
          <button type="button" aria-pressed={tab === 'trips'} onClick={() => setTab('trips')}>
            {t('playback.trips')} <span className="num">{trips.length}</span>
          </button>
        </div>
        {tab === 'stops' && (
          <Pick
            quiet
            label={t('playback.min_stop')}
            value={String(minSeconds)}
            choices={THRESHOLDS_S.map((seconds) => ({ id: String(seconds), text: `≥ ${duration(seconds)}` }))}
            onChange={(id) => onMinSeconds(Number(id))}
          />
        )}
      </div>
      <ol className="day-items" tabIndex={0} aria-label={t(tab === 'stops' ? 'playback.stops' : 'playback.trips')}>
        {tab === 'stops' &&
          stops.map((stop) => (
            <li key={stop.id}>
              <button type="button" className="day-item" aria-current={at >= ms(stop.from) && at <= (stop.to ? ms(stop.to) : Infinity)} onClick={letGo(() => onSeek(ms(stop.from)))}>
                <span className="num day-time" title={dateTime(stop.from)}>
                  {ms(stop.from) < begin ? '‹00:00' : hourMinute(stop.from)}
                </span>
                <span className="day-place">{placeName(stop)}</span>
                <span className="num day-length">{duration(stop.seconds)}</span>
              </button>
            </li>
          ))}
        {tab === 'trips' &&
          trips.map((trip) => (
            <li key={trip.id}>
              <button type="button" className="day-item" aria-current={at >= ms(trip.started_at) && at <= (trip.ended_at ? ms(trip.ended_at) : Infinity)} onClick={letGo(() => onSeek(ms(trip.started_at)))}>
                <span className="num day-time" title={dateTime(trip.started_at)}>
                  {ms(trip.started_at) < begin ? '‹00:00' : hourMinute(trip.started_at)}
                </span>
                <span className="day-place num">
                  {trip.ended_at ? `${t('playback.until')} ${hourMinute(trip.ended_at)}` : t('playback.under_way')}
                </span>
                <span className="num day-length">{t('unit.km', { n: number(trip.distance_km, 1) })}</span>
              </button>
            </li>
          ))}
        {((tab === 'stops' && stops.length === 0) || (tab === 'trips' && trips.length === 0)) && <li className="day-none">{t(tab === 'stops' ? 'playback.no_stops' : 'playback.no_trips')}</li>}
      </ol>
    </div>
  );
}
