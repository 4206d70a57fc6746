/** A car's whole life on one line (车辆全生命周期): what it is, what has happened to it, what it drove and what it cost. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/life-line.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get } from '../api/client';
import { mayBeAt } from '../app/places';
import { followLink, setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { NONE, number, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { LifeChart } from './LifeChart';
import { LifeList } from './LifeList';
import { type LifeLine, type LifeMark, yuanText } from './line';
import type { VehiclePage } from '../api/types';

export default function WholeLifePage() {
  const t = useText();
  const car = usePlace().params.get('car');
  return (
    <main id="main" tabIndex={-1} className="page devices whole-life">
      {car === null ? <Choose /> : <OfCar key={car} car={car} />}
      {car === null && <p className="muted">{t('whole.choose_help')}</p>}
    </main>
  );
}

/** Whose life: by plate, alias or unit. */
function Choose() {
  const t = useText();
  const [q, setQ] = useState('');
  const text = q.trim();
  const cars = useQuery({
    queryKey: ['lifecycle', 'cars', text],
    enabled: text !== '',
    queryFn: ({ signal }) => get<VehiclePage>('/vehicles', { q: text, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <header className="page-head">
        <h1>{t('whole.title')}</h1>
      </header>
      <label className="whole-choose">
        <span className="muted">{t('whole.choose')}</span>
        <input type="search" value={q} onChange={(event) => setQ(event.target.value)} />
      </label>
      <ul className="whole-found">
        {(cars.data?.items ?? []).map((found) => (
          <li key={found.id}>
            <Button onPress={() => setParams({ car: found.id })}>
              {plate(found.plate)} · {found.model} · {found.unit_name}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function OfCar({ car }: { car: string }) {
  const t = useText();
  const told = useQuery({ queryKey: ['lifecycle', 'line', car], queryFn: ({ signal }) => get<LifeLine>(`/vehicles/${encodeURIComponent(car)}/life-line`, {}, signal), retry: 1 });
  if (told.isPending) return <Skeleton rows={6} kind="row" />;
  if (!told.data) {
    return told.error instanceof ApiError && told.error.status === 404 ? <Empty title={t('whole.unknown')} /> : <Failed error={told.error} retry={() => void told.refetch()} />;
  }
  return <Told life={told.data} />;
}

function Told({ life }: { life: LifeLine }) {
  const t = useText();
  const { session } = useServices();
  const [chosen, setChosen] = useState<{ title: string; marks: readonly LifeMark[] } | null>(null);
  const opens = (path: string) => mayBeAt(path.split('?')[0]!, session.permissions);
  const registration = opens('/establishment') ? `/establishment?car=${life.vehicle_id}` : null;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>
            {plate(life.plate)} <span className="whole-name">{t('whole.title')}</span>
          </h1>
          <p className="muted">
            {life.alias && `${life.alias} · `}
            {life.model} · {life.unit_name} · {t(`category.${life.category}`)} · {t(`suppliers.power_${life.powertrain}`)}
          </p>
        </div>
        <div className="page-actions">
          {opens('/') && (
            <a className="button button-plain" href={`/?v=${life.vehicle_id}`} onClick={followLink}>
              {t('whole.map')}
            </a>
          )}
          {registration && (
            <a className="button button-plain" href={registration} onClick={followLink}>
              {t('whole.registration')}
            </a>
          )}
          <Button onPress={() => window.print()}>{t('whole.print')}</Button>
        </div>
      </header>
      <Head life={life} />
      {life.is_exempt && <p className="notice">{t('whole.exempt')}</p>}
      <LifeChart life={life} onChoose={(title, marks) => setChosen({ title, marks })} />
      <LifeList life={life} chosen={chosen} onAll={() => setChosen(null)} opens={opens} registration={registration} />
    </>
  );
}

/** The car in figures. */
function Head({ life }: { life: LifeLine }) {
  const t = useText();
  const used = life.recent ?? null;
  const energy = [
    used?.litres_per_100km != null ? t('whole.litres', { n: number(used.litres_per_100km, 1) }) : '',
    used?.kwh_per_100km != null ? t('whole.kwh', { n: number(used.kwh_per_100km, 1) }) : '',
  ].filter(Boolean);
  const years = life.age_months == null ? NONE : t('whole.years', { n: number(life.age_months / 12, 1) });
  const facts: [string, string, string][] = [
    ['status', t(`asset.${life.status}`), life.renewal ? renewalText(life.renewal, t) : ''],
    ['age', years, life.registered_on ? t('whole.since', { on: life.registered_on }) : t('whole.unregistered')],
    ['km', life.odometer_km == null ? NONE : `${number(life.odometer_km)} km`, used ? t('whole.recent_km', { n: number(used.distance_km) }) : ''],
    ['per_km', used?.fen_per_km == null ? NONE : yuanText(used.fen_per_km), used ? t('whole.recent_cost', { cost: yuanText(used.running_fen) }) : ''],
    ['energy', energy.join(' · ') || NONE, t(`suppliers.power_${life.powertrain}`)],
  ];
  return (
    <dl className="whole-head">
      {facts.map(([name, value, more]) => (
        <div key={name}>
          <dt>{t(`whole.${name}`)}</dt>
          <dd className="num">{value}</dd>
          <dd className="muted">{more}</dd>
        </div>
      ))}
    </dl>
  );
}

function renewalText(renewal: NonNullable<LifeLine['renewal']>, t: ReturnType<typeof useText>): string {
  if (renewal.ground) return t(`life.ground_${renewal.ground}`);
  return t('whole.renewal_from', { on: renewal.from });
}
