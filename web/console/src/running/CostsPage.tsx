/** Cost and energy of cars (车辆成本与能耗): every number opens its list, stands beside new energy and fuel, and is drawn by unit. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/figures.css';
import '../styles/running.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Span, useFigureRows, useVehicleFigures, type VehicleFigures } from './api';
import { amount, bars, cards, type Figure } from './words';

export default function CostsPage() {
  const t = useText();
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [days, setDays] = useState({ from: '', to: '' });
  const [counting, setCounting] = useState('law');
  const [open, setOpen] = useState('fen_per_km');
  const span = { unit_id: unit?.id ?? '', ...days, counting };
  const figures = useVehicleFigures(span);
  const shown = figures.data && cards(figures.data, t);
  const card = shown?.find((one) => one.id === open);
  const [from, to] = [days.from || figures.data?.from, days.to || figures.data?.to];
  const countings = ['law', 'plan'].map((id) => ({ id, text: t(`running.counting_${id}`) }));
  return (
    <main id="main" tabIndex={-1} className="page devices figures running">
      <header className="page-head">
        <div>
          <h1>{t('running.costs_title')}</h1>
          <p className="muted">{t('running.costs_lead')}</p>
        </div>
        <div className="page-actions">
          <Button onPress={() => window.print()}>{t('running.shared_print')}</Button>
        </div>
      </header>
      <section className="table-card figures-span" aria-label={t('running.shared_span')}>
        <label>
          <span className="muted">{t('running.shared_from')}</span>
          <input type="date" className="input" max={to} value={from ?? ''} onChange={(event) => setDays({ ...days, from: event.target.value })} />
        </label>
        <label>
          <span className="muted">{t('running.shared_to')}</span>
          <input type="date" className="input" min={from} value={to ?? ''} onChange={(event) => setDays({ ...days, to: event.target.value })} />
        </label>
        <UnitPick label={t('running.shared_field_unit')} value={unit} onChange={setUnit} />
        <Pick label={t('running.counting')} choices={countings} value={counting} onChange={setCounting} />
      </section>
      {figures.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !shown || !figures.data ? (
        figures.error instanceof ApiError && figures.error.status === 403 ? (
          <Empty title={t('running.forbidden')} />
        ) : (
          <Failed error={figures.error} retry={() => void figures.refetch()} />
        )
      ) : (
        <>
          {figures.isError && <Failed error={figures.error} retry={() => void figures.refetch()} />}
          <div className="figure-cards" role="group" aria-label={t('running.costs_title')}>
            {shown.map((one) => (
              <button key={one.id} type="button" className="figure-card" aria-pressed={one.id === open} onClick={() => setOpen(one.id)}>
                <span className="muted">{t(`running.figure_${one.id}`)}</span>
                <strong className="num">{one.value}</strong>
                <small className="muted">{t('running.halves', { nev: one.nev, fuel: one.fuel })}</small>
              </button>
            ))}
          </div>
          {card && <Chart card={card} figures={figures.data} />}
          {card && <Behind key={card.figure} figure={card.figure} span={span} />}
        </>
      )}
    </main>
  );
}

/** A bar a unit, which prints as it stands. */
function Chart({ card, figures }: { card: Figure; figures: VehicleFigures }) {
  const t = useText();
  const drawn = bars(figures.units, card.id, card.figure, t);
  const title = t('running.by_unit', { figure: t(`running.figure_${card.id}`) });
  if (drawn.length === 0) return null;
  return (
    <section className="table-card unit-chart" aria-label={title}>
      <h2 className="running-list">{title}</h2>
      <ul>
        {drawn.map((bar) => (
          <li key={bar.id}>
            <span>{bar.name}</span>
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              <rect width={bar.length} height="6" rx="1" />
            </svg>
            <span className="num">{bar.value}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Behind({ figure, span }: { figure: string; span: Span }) {
  const t = useText();
  const rows = useFigureRows(figure, span);
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const title = t('running.list_of', { figure: t(`running.list_${figure}`) });
  return (
    <section className="table-card" aria-label={title}>
      <h2 className="figures-list">{title}</h2>
      {rows.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : rows.isError && !rows.data ? (
        <Failed error={rows.error} retry={() => void rows.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('running.shared_none')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {['title', 'unit', 'at', 'amount'].map((column) => (
                  <th key={column} scope="col" className={column === 'amount' ? 'figures-amount' : undefined}>
                    {t(`running.shared_column_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.title}</th>
                  <td>{row.unit_name}</td>
                  <td className="num">{dateTime(row.at)}</td>
                  <td className="num figures-amount">{amount(figure, row.amount, t)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.hasNextPage && (
        <div className="drivers-more">
          <Button isDisabled={rows.isFetchingNextPage} onPress={() => void rows.fetchNextPage()}>
            {t('running.shared_more')}
          </Button>
        </div>
      )}
    </section>
  );
}
