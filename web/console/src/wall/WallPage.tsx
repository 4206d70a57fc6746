/** The wall (领导看板): what a leader asks first, large enough to be read across a room; every number opens its list. */

import '../styles/wall.css';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { useKeys } from '../app/keys';
import { mayBeAt } from '../app/places';
import { followLink, go } from '../app/route';
import { useLiveState, useLiveTick, useSecond, useServices } from '../app/services';
import type { Figures } from '../figures/api';
import { useText } from '../i18n';
import type { Breaches } from '../lifecycle/api';
import { STATUSES } from '../live/fleet';
import type { VehicleFigures } from '../running/api';
import { number } from '../ui/format';
import { Icon } from '../ui/icon';
import { Failed, Skeleton } from '../ui/states';
import { StatusShape } from '../ui/status';
import { today } from '../units/api';
import { ofBreaches, ofToday, ofYear, type Tile, years } from './tiles';

/** Figures are asked for again so often; what cars do comes by itself. */
const AGAIN_MS = 60_000;

/** Figures of a span that ask for themselves again. */
function useSpan<T>(path: string, span: Record<string, string>, isWanted = true) {
  return useQuery({
    queryKey: ['wall', path, span],
    queryFn: ({ signal }) => get<T>(path, span, signal),
    refetchInterval: AGAIN_MS,
    enabled: isWanted,
  });
}

export default function WallPage() {
  const t = useText();
  const { session } = useServices();
  useKeys({ Escape: () => go('/figures') });
  useSecond();
  const day = today();
  const [year, before] = years(day);
  const trips = useSpan<Figures>('/trip-figures', { from: day, to: day });
  const now = useSpan<VehicleFigures>('/vehicle-figures', year);
  // The year before has ended on that day: it is asked for once this one is there, and stands beside it.
  const then = useSpan<VehicleFigures>('/vehicle-figures', before, now.isSuccess);
  const isLifeOpen = mayBeAt('/establishment', session.permissions);
  const breaches = useSpan<Breaches>('/establishment/breaches', {}, isLifeOpen);
  return (
    <main id="main" tabIndex={-1} className="wall">
      <header className="wall-head">
        <h1>{session.account.unit_name}</h1>
        <time className="num">
          {day} {new Date().toLocaleTimeString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' })}
        </time>
        <a className="wall-leave" href="/figures" onClick={followLink} aria-label={t('wall.leave')}>
          <Icon name="close" />
        </a>
      </header>
      {session.permissions.includes('watch_vehicles') && <Cars />}
      <Section title={t('wall.today')} query={trips} tiles={trips.data && ofToday(trips.data)} />
      <Section title={t('wall.year')} query={now} tiles={now.data && ofYear(now.data, then.data)} />
      {isLifeOpen && <Section title={t('wall.law')} query={breaches} tiles={breaches.data && ofBreaches(breaches.data)} />}
    </main>
  );
}

/** The cars as they are at this moment. */
function Cars() {
  const t = useText();
  const { live } = useServices();
  useLiveTick(live, 1000);
  useLiveState(live);
  const { fleet } = live;
  return (
    <section className="wall-part" aria-label={t('wall.cars')}>
      <h2>{t('wall.cars')}</h2>
      <div className="wall-tiles">
        <a className="wall-tile" href="/" onClick={followLink}>
          <span>{t('fleet.all')}</span>
          <strong className="num">{number(fleet.count)}</strong>
        </a>
        {STATUSES.map((name, index) => (
          <a key={name} className="wall-tile" href={`/?status=${name}`} onClick={followLink}>
            <span>
              <StatusShape status={name} size={14} /> {t(`status.${name}`)}
            </span>
            <strong className="num">{number(fleet.totals[index] ?? 0)}</strong>
          </a>
        ))}
      </div>
    </section>
  );
}

interface SectionProps {
  title: string;
  query: { error: unknown; refetch: () => unknown };
  tiles: Tile[] | undefined;
}

function Section({ title, query, tiles }: SectionProps) {
  const t = useText();
  return (
    <section className="wall-part" aria-label={title}>
      <h2>{title}</h2>
      {!tiles ? (
        query.error ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={2} />
        )
      ) : (
        <div className="wall-tiles">
          {tiles.map((tile) => (
            <a key={tile.id} className={tile.isBad ? 'wall-tile wall-bad' : 'wall-tile'} href={tile.href} onClick={followLink}>
              <span>{t(`wall.tile_${tile.id}`)}</span>
              <strong className="num">{tile.value}</strong>
              {tile.beside && <small className="num">{t(tile.beside.text, { value: tile.beside.value })}</small>}
            </a>
          ))}
        </div>
      )}
    </section>
  );
}
