/** How many cars a unit needs (车队规模推演): cars are taken away and put in, and the trips of the past are driven once more. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/figures.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { yuan } from '../trips/words';
import { number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { changed, type FleetMonth, type FleetOutcome, isSame, kinds, type RightSizing, type Trial, useRightSizing } from './right-size';

const START: Omit<Trial, 'unit_id'> = { from: '', to: '', changes: [], waits_min: 0, may_rent: true, range_km: 300 };

export default function RightSizePage() {
  const t = useText();
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [trial, setTrial] = useState(START);
  const told = useRightSizing({ ...trial, unit_id: unit?.id ?? '' });
  const set = (change: Partial<typeof START>) => setTrial({ ...trial, ...change });
  const [from, to] = [trial.from || told.data?.from, trial.to || told.data?.to];
  return (
    <main id="main" tabIndex={-1} className="page devices figures">
      <header className="page-head">
        <div>
          <h1>{t('right_size.title')}</h1>
          <p className="muted">{t('right_size.lead')}</p>
        </div>
        <div className="page-actions">
          <Button isDisabled={trial.changes.length === 0} onPress={() => set({ changes: [] })}>
            {t('right_size.as_is')}
          </Button>
          <Button onPress={() => window.print()}>{t('right_size.shared_print')}</Button>
        </div>
      </header>
      <section className="table-card figures-span" aria-label={t('right_size.shared_span')}>
        <label>
          <span className="muted">{t('right_size.shared_from')}</span>
          <input type="date" className="input" max={to} value={from ?? ''} onChange={(event) => set({ from: event.target.value })} />
        </label>
        <label>
          <span className="muted">{t('right_size.shared_to')}</span>
          <input type="date" className="input" min={from} value={to ?? ''} onChange={(event) => set({ to: event.target.value })} />
        </label>
        <UnitPick
          label={t('right_size.shared_field_unit')}
          value={unit}
          onChange={(chosen) => {
            setUnit(chosen);
            set({ changes: [] });
          }}
        />
        <label>
          <span className="muted">{t('right_size.waits', { n: trial.waits_min })}</span>
          <input type="range" min={0} max={120} step={5} value={trial.waits_min} onChange={(event) => set({ waits_min: event.target.valueAsNumber })} />
        </label>
        <label>
          <span className="muted">{t('right_size.range', { n: trial.range_km })}</span>
          <input type="range" min={100} max={700} step={20} value={trial.range_km} onChange={(event) => set({ range_km: event.target.valueAsNumber })} />
        </label>
        <label className="right-size-rent">
          <input type="checkbox" checked={trial.may_rent} onChange={(event) => set({ may_rent: event.target.checked })} /> {t('right_size.may_rent')}
        </label>
      </section>
      {told.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !told.data ? (
        told.error instanceof ApiError && told.error.status === 403 ? (
          <Empty title={t('right_size.shared_forbidden')} />
        ) : (
          <Failed error={told.error} retry={() => void told.refetch()} />
        )
      ) : (
        <div className="right-size" aria-busy={told.isPlaceholderData || undefined}>
          {told.isError && <Failed error={told.error} retry={() => void told.refetch()} />}
          {told.data.trips === 0 && <Empty title={t('right_size.no_trips')} />}
          <Classes told={told.data} trial={trial} onChange={(changes) => set({ changes })} />
          <Sums told={told.data} />
          {told.data.after.months.length > 0 && <Months before={told.data.before.months} after={told.data.after.months} />}
          <Short outcome={told.data.after} />
          {told.data.vehicles_without_place > 0 && <p className="muted">{t('right_size.without_place', { n: told.data.vehicles_without_place })}</p>}
        </div>
      )}
    </main>
  );
}

/** The cars by class, each with a button for one more and one for one fewer. */
function Classes({ told, trial, onChange }: { told: RightSizing; trial: typeof START; onChange: (changes: Trial['changes']) => void }) {
  const t = useText();
  return (
    <section className="table-card" aria-label={t('right_size.fleet')}>
      <h2 className="figures-list">{t('right_size.fleet')}</h2>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('right_size.fleet')}>
        <table>
          <thead>
            <tr>
              {['class', 'now', 'tried', 'trips', 'days'].map((column) => (
                <th key={column} scope="col">
                  {t(`right_size.column_${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {kinds(told.before.classes).map((kind) => {
              const more = trial.changes.find((one) => isSame(one, kind))?.count ?? 0;
              const after = told.after.classes.find((one) => isSame(one, kind));
              const name = t('right_size.class', { category: t(`category.${kind.category}`), n: kind.seats, power: t(kind.is_electric ? 'right_size.electric' : 'right_size.fuel') });
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="num">{kind.cars}</td>
                  <td className="right-size-count">
                    <Button look="quiet" icon="minus" aria-label={t('right_size.fewer', { name })} isDisabled={kind.cars + more <= 0} onPress={() => onChange(changed(trial.changes, kind, kind.cars, -1))} />
                    <strong className="num">{kind.cars + more}</strong>
                    <Button look="quiet" icon="plus" aria-label={t('right_size.more', { name })} onPress={() => onChange(changed(trial.changes, kind, kind.cars, 1))} />
                  </td>
                  <td className="num">{after ? number(after.trips) : '—'}</td>
                  <td className="num">{after && after.cars > 0 ? number(after.days / after.cars, 1) : '—'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const COUNTS = ['cars', 'served', 'late', 'rented', 'refused', 'most_out'] as const;
const MONEY = ['fixed_fen', 'driven_fen', 'rental_fen', 'cost_fen'] as const;

/** What comes of it, beside what there is. */
function Sums({ told }: { told: RightSizing }) {
  const t = useText();
  const { before, after } = told;
  return (
    <section className="table-card" aria-label={t('right_size.sums', { n: told.trips })}>
      <h2 className="figures-list">{t('right_size.sums', { n: number(told.trips) })}</h2>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('right_size.sums', { n: told.trips })}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{t('right_size.column_now')}</th>
              <th scope="col">{t('right_size.column_tried')}</th>
              <th scope="col">{t('right_size.column_difference')}</th>
            </tr>
          </thead>
          <tbody>
            {COUNTS.map((name) => (
              <Row key={name} label={t(`right_size.sum_${name}`)} before={number(before[name])} after={number(after[name])} by={after[name] - before[name]} told={number(Math.abs(after[name] - before[name]))} />
            ))}
            {MONEY.map((name) => (
              <Row key={name} label={t(`right_size.sum_${name}`)} before={yuan(before[name])} after={yuan(after[name])} by={after[name] - before[name]} told={yuan(Math.abs(after[name] - before[name]))} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ label, before, after, by, told }: { label: string; before: string; after: string; by: number; told: string }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className="num">{before}</td>
      <td className="num">{after}</td>
      <td className="num">{by === 0 ? '—' : `${by > 0 ? '+' : '−'}${told}`}</td>
    </tr>
  );
}

/** Trips without a car of one's own, month by month, now and then; the numbers stand below for who cannot see the bars. */
function Months({ before, after }: { before: FleetMonth[]; after: FleetMonth[] }) {
  const t = useText();
  const missed = (month: FleetMonth | undefined) => (month ? month.rented + month.refused : 0);
  const most = Math.max(1, ...before.map(missed), ...after.map(missed));
  return (
    <section className="table-card" aria-label={t('right_size.months')}>
      <h2 className="figures-list">{t('right_size.months')}</h2>
      <ol className="right-size-months">
        {after.map((month, index) => (
          <li key={month.month} aria-label={t('right_size.month', { month: month.month, before: missed(before[index]), after: missed(month), trips: month.trips })}>
            <span className="right-size-bars" aria-hidden="true">
              <span style={{ height: `${(missed(before[index]) / most) * 100}%` }} />
              <span data-tried style={{ height: `${(missed(month) / most) * 100}%` }} />
            </span>
            <span className="num muted" aria-hidden="true">
              {month.month.slice(2)}
            </span>
            <span className="num" aria-hidden="true">
              {missed(before[index])} → {missed(month)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Short({ outcome }: { outcome: FleetOutcome }) {
  const t = useText();
  if (outcome.short.length === 0) return null;
  return (
    <details className="table-card">
      <summary className="figures-list">{t('right_size.short', { n: outcome.rented + outcome.refused })}</summary>
      <ul className="right-size-short">
        {outcome.short.map((one) => (
          <li key={one.number}>
            <span className="num">{one.number}</span> <span className="muted">{t(`right_size.why_${one.why}`)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
