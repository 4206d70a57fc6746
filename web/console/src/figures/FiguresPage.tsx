/** Figures of trips (用车指标): every number opens the list that it is the sum of. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/figures.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { currentPlace, followLink, go } from '../app/route';
import { useText } from '../i18n';
import { dateTime, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Figures, type Span, useFigures, useRows } from './api';
import { amount, type Card, cards, paper } from './cards';

export default function FiguresPage() {
  const t = useText();
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [days, setDays] = useState(() => {
    // The wall leads here with the days of its numbers.
    const { params } = currentPlace();
    return { from: params.get('from') ?? '', to: params.get('to') ?? '' };
  });
  const [open, setOpen] = useState('orders');
  const span = { unit_id: unit?.id ?? '', ...days };
  const figures = useFigures(span);
  const shown = figures.data && cards(figures.data, (count) => t('figures.days', { count }));
  const card = shown?.find((one) => one.id === open);
  const [from, to] = [days.from || figures.data?.from, days.to || figures.data?.to];
  return (
    <main id="main" tabIndex={-1} className="page devices figures">
      <header className="page-head">
        <div>
          <h1>{t('figures.title')}</h1>
          <p className="muted">{t('figures.lead')}</p>
        </div>
        <div className="page-actions">
          <Button onPress={() => go('/wall')}>{t('figures.wall')}</Button>
          <Button onPress={() => window.print()}>{t('figures.print')}</Button>
        </div>
      </header>
      <section className="table-card figures-span" aria-label={t('figures.span')}>
        <label>
          <span className="muted">{t('figures.from')}</span>
          <input type="date" className="input" max={to} value={from ?? ''} onChange={(event) => setDays({ ...days, from: event.target.value })} />
        </label>
        <label>
          <span className="muted">{t('figures.to')}</span>
          <input type="date" className="input" min={from} value={to ?? ''} onChange={(event) => setDays({ ...days, to: event.target.value })} />
        </label>
        <UnitPick label={t('drivers.field_unit')} value={unit} onChange={setUnit} />
        {figures.data && <Of figures={figures.data} />}
      </section>
      {figures.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !shown ? (
        figures.error instanceof ApiError && figures.error.status === 403 ? (
          <Empty title={t('figures.forbidden')} />
        ) : (
          <Failed error={figures.error} retry={() => void figures.refetch()} />
        )
      ) : (
        <>
          {figures.isError && <Failed error={figures.error} retry={() => void figures.refetch()} />}
          <div className="figure-cards" role="group" aria-label={t('figures.title')}>
            {shown.map((one) => (
              <button key={one.id} type="button" className="figure-card" aria-pressed={one.id === open} onClick={() => setOpen(one.id)}>
                <span className="muted">{t(`figures.card_${one.id}`)}</span>
                <strong className="num">{one.value}</strong>
                <small className="muted">{t(`figures.how_${one.id}`)}</small>
              </button>
            ))}
          </div>
          {card && <Behind key={card.figure} card={card} span={span} />}
        </>
      )}
    </main>
  );
}

/** Of how many cars and days the numbers are. */
function Of({ figures }: { figures: Figures }) {
  const t = useText();
  return (
    <p className="muted figures-of">
      {t('figures.of', { unit: figures.unit_name, cars: number(figures.cars), days: figures.days, workdays: figures.workdays })}
    </p>
  );
}

function Behind({ card, span }: { card: Card; span: Span }) {
  const t = useText();
  const rows = useRows(card.figure, span);
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const title = t(`figures.list_${card.figure}`);
  return (
    <section className="table-card" aria-label={title}>
      <h2 className="figures-list">{title}</h2>
      {rows.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : rows.isError && !rows.data ? (
        <Failed error={rows.error} retry={() => void rows.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('figures.none')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {['title', 'unit', 'at', 'amount'].map((column) => (
                  <th key={column} scope="col" className={column === 'amount' ? 'figures-amount' : undefined}>
                    {t(`figures.column_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((row) => {
                const href = paper(card.figure, row.id);
                return (
                  <tr key={row.id}>
                    <th scope="row">
                      {href ? (
                        <a href={href} onClick={followLink}>
                          {row.title}
                        </a>
                      ) : (
                        row.title
                      )}
                    </th>
                    <td>{row.unit_name}</td>
                    <td className="num">{dateTime(row.at)}</td>
                    <td className="num figures-amount">{amount(card.figure, row.amount, (count) => t('figures.days', { count }))}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {rows.hasNextPage && (
        <div className="drivers-more">
          <Button isDisabled={rows.isFetchingNextPage} onPress={() => void rows.fetchNextPage()}>
            {t('figures.more')}
          </Button>
        </div>
      )}
    </section>
  );
}
