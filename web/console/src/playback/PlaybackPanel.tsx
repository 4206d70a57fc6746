/** Playback of a day (轨迹回放): the track on the map, time and speed below it, trips and stops beside. */

import '../styles/playback.css';
import { useEffect, useMemo, useState } from 'react';
import { url } from '../api/client';
import { dayRange, useDays, useStops, useTrack, useTrips, useVehicle } from '../api/queries';
import type { Track } from '../api/types';
import { useKeys } from '../app/keys';
import { setParams, usePlace } from '../app/route';
import { useMap } from '../app/services';
import { language, useText } from '../i18n';
import { clock, duration, NONE, number, plate } from '../ui/format';
import { Button, Drop } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { DayLists } from './DayLists';
import { letGo } from './let-go';
import { DayPicker } from './DayPicker';
import { landmarks, momentAt, nextLandmark, RATES } from './player';
import { SpeedChart } from './SpeedChart';
import { usePlayer } from './use-player';

interface PlaybackPanelProps {
  id: string;
  day: string | null;
  onClose: () => void;
  keysOn: boolean;
}

export default function PlaybackPanel({ id, day: wanted, onClose, keysOn }: PlaybackPanelProps) {
  const t = useText();
  const map = useMap();
  const vehicle = useVehicle(id);
  const days = useDays(id);
  const newest = useMemo(() => (days.data?.items ?? []).map((item) => item.day).sort().at(-1) ?? null, [days.data]);
  const day = wanted ?? newest;
  const [minSeconds, setMinSeconds] = useState(180);
  const track = useTrack(id, day);
  const trips = useTrips(id, day);
  const stops = useStops(id, day, minSeconds);
  const shown = track.data && track.data.count > 0 ? track.data : null;
  const stopItems = useMemo(() => stops.data?.items ?? [], [stops.data]);
  const tripItems = useMemo(() => trips.data?.items ?? [], [trips.data]);
  const player = usePlayer(shown, day);
  useSeekTo(shown, player.seek);
  const marks = useMemo(() => (shown ? landmarks(shown, stopItems, tripItems) : []), [shown, stopItems, tripItems]);
  const moment = shown ? momentAt(shown, player.at) : null;
  const lng = language();

  useEffect(() => map?.showTrack(shown), [map, shown]);
  useEffect(() => {
    map?.showStops(stopItems.map((stop) => ({ stop, label: `${stop.place ?? ''} ${duration(stop.seconds)}`.trim() })));
    // The labels are in the language of the page.
  }, [map, stopItems, lng]);
  useEffect(
    () => () => {
      map?.showTrack(null);
    },
    [map],
  );

  const pick = (next: string) => setParams({ day: next }, 'replace');
  const jump = (direction: 1 | -1) => {
    const to = nextLandmark(marks, player.exact(), direction);
    if (to !== null) player.seek(to);
  };
  useKeys(
    {
      ' ': player.toggle,
      ArrowLeft: () => player.seek(player.exact() - 10_000),
      ArrowRight: () => player.seek(player.exact() + 10_000),
      'Shift+ArrowLeft': () => jump(-1),
      'Shift+ArrowRight': () => jump(1),
      ',': () => player.stepRate(-1),
      '.': () => player.stepRate(1),
    },
    keysOn && shown !== null,
  );

  return (
    <section className="panel playback" aria-label={t('playback.title')} data-covers="bottom">
      <header className="playback-head">
        <h2>
          {vehicle.data ? plate(vehicle.data.plate) : ' '} <span className="playback-title">{t('playback.title')}</span>
        </h2>
        <DayPicker days={days.data?.items ?? []} day={day} onPick={pick} />
        <div className="playback-end">
          {day && shown && <ExportMenu id={id} day={day} />}
          <Button look="quiet" icon="close" aria-label={t('playback.close')} onPress={onClose} />
        </div>
      </header>
      {content()}
    </section>
  );

  function content() {
    if (days.isError || track.isError) {
      return (
        <Failed
          error={days.error ?? track.error}
          retry={() => {
            void days.refetch();
            void track.refetch();
          }}
        />
      );
    }
    if (days.isPending || (day !== null && track.isPending)) return <Skeleton rows={4} />;
    if (!shown) return noTrack();
    return (
      <div className="playback-body">
        <div className="playback-main">
          <div className="playback-controls">
            <Button look="primary" icon={player.playing ? 'pause' : 'play'} aria-label={t(player.playing ? 'playback.pause' : 'playback.play')} onPress={player.toggle} />
            <div className="rates" role="group" aria-label={t('playback.rate')}>
              {RATES.map((rate) => (
                <button key={rate} type="button" aria-pressed={rate === player.rate} className="rate num" onClick={letGo(() => player.setRate(rate))}>
                  ×{rate}
                </button>
              ))}
            </div>
            <dl className="readout num">
              <div>
                <dt>{t('playback.time')}</dt>
                <dd>{clock(player.at)}</dd>
              </div>
              <div>
                <dt>{t('playback.speed')}</dt>
                <dd>{moment!.inGap ? t('playback.gap') : `${number(moment!.speedKmh)} km/h`}</dd>
              </div>
              <div className="readout-wide">
                <dt>{t('card.odometer')}</dt>
                <dd>{shown.odometer_km[moment!.index] != null ? `${number(shown.odometer_km[moment!.index], 1)} km` : NONE}</dd>
              </div>
              <div className="readout-wide">
                <dt>{t('playback.fixes')}</dt>
                <dd>{number(shown.count)}</dd>
              </div>
            </dl>
          </div>
          <SpeedChart track={shown} stops={stopItems} trips={tripItems} at={player.at} onSeek={player.seek} />
        </div>
        <DayLists trips={tripItems} stops={stopItems} begin={Date.parse(dayRange(day!).from)} at={player.at} minSeconds={minSeconds} onMinSeconds={setMinSeconds} onSeek={player.seek} />
      </div>
    );
  }

  function noTrack() {
    const items = days.data?.items ?? [];
    if (items.length === 0) return <Empty title={t('playback.never')} />;
    const near = [...items].sort((a, b) => Math.abs(Date.parse(a.day) - Date.parse(day!)) - Math.abs(Date.parse(b.day) - Date.parse(day!)))[0]!;
    return (
      <Empty title={t('playback.empty_day')}>
        <Button onPress={() => pick(near.day)}>{t('playback.nearest', { day: near.day })}</Button>
      </Empty>
    );
  }
}

/** An address may name the instant at which the playback begins; once it is there, the address names the day alone. */
function useSeekTo(track: Track | null, seek: (at: number) => void) {
  const wanted = Date.parse(usePlace().params.get('at') ?? '');
  useEffect(() => {
    if (!track || Number.isNaN(wanted)) return;
    seek(wanted);
    setParams({ at: null }, 'replace');
  }, [track, seek, wanted]);
}

function ExportMenu({ id, day }: { id: string; day: string }) {
  const t = useText();
  return (
    <Drop
      label={t('playback.export')}
      icon="download"
      text={t('playback.export')}
      look="plain"
      actions={(['gpx', 'csv', 'geojson'] as const).map((format) => ({
        id: format,
        text: t(`playback.export_${format}`),
        href: url(`/vehicles/${encodeURIComponent(id)}/track/export`, { ...dayRange(day), format }),
        download: true,
      }))}
    />
  );
}
