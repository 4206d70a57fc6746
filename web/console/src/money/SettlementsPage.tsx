/** Settlements (结算): orders whose cars are back, settled line by line with their prices; what was settled, to be read and printed. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import type { Order } from '../trips/types';
import { shortTime, way } from '../trips/words';
import { type SettleView, useOrders } from './api';
import { SettlementCard } from './SettlementCard';

const COLUMNS = ['order', 'unit', 'car', 'trip', 'back', 'driver'];

export default function SettlementsPage({ tabs, maySettle }: { tabs: React.ReactNode; maySettle: boolean }) {
  const t = useText();
  const queries = useQueryClient();
  const { params } = usePlace();
  const views: SettleView[] = maySettle ? ['to_settle', 'settled'] : ['settled'];
  const view = views.find((one) => one === params.get('view')) ?? views[0]!;
  const chosen = params.get('order');
  const orders = useOrders(view);
  const [said, setSaid] = useState('');
  const rows = orders.data?.pages.flatMap((page) => page.items) ?? [];
  const changed = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['settlements'] });
    setSaid(words);
  };
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals money settlements${chosen ? ' with-card' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('settle.title')}</h1>
          <p className="muted">{t('settle.lead')}</p>
        </div>
      </header>
      {tabs}
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <div className="settle-both">
        <section className="table-card settle-list" aria-label={t(`settle.view_${view}`)}>
          <div className="money-views" role="group" aria-label={t('settle.views')}>
            {views.map((one) => (
              <button key={one} type="button" className="money-view" aria-pressed={one === view} onClick={() => setParams({ view: one, order: null })}>
                {t(`settle.view_${one}`)}
              </button>
            ))}
          </div>
          {orders.isPending ? (
            <Skeleton rows={8} kind="row" />
          ) : !orders.data ? (
            orders.error instanceof ApiError && orders.error.status === 403 ? (
              <Empty title={t('settle.forbidden')} />
            ) : (
              <Failed error={orders.error} retry={() => void orders.refetch()} />
            )
          ) : rows.length === 0 ? (
            <Empty title={t(`settle.none_${view}`)}>
              <p>{t(`settle.none_${view}_help`)}</p>
            </Empty>
          ) : (
            <Rows rows={rows} chosen={chosen} />
          )}
          {orders.hasNextPage && (
            <div className="money-more">
              <Button isDisabled={orders.isFetchingNextPage} onPress={() => void orders.fetchNextPage()}>
                {t('money.more')}
              </Button>
            </div>
          )}
        </section>
        {chosen && <SettlementCard key={chosen} id={chosen} onSay={changed} onClose={() => setParams({ order: null })} />}
      </div>
    </main>
  );
}

function Rows({ rows, chosen }: { rows: Order[]; chosen: string | null }) {
  const t = useText();
  return (
    <div className="table-scroll money-rows" tabIndex={0} role="group" aria-label={t('settle.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={`settle-${column}`}>
                {t(`settle.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ order: row.id })}>
              <th scope="row">
                <button type="button" className="row-open mono" aria-current={row.id === chosen || undefined} onClick={() => setParams({ order: row.id })}>
                  {row.number}
                </button>
              </th>
              <td className="settle-unit">{row.unit_name}</td>
              <td className="settle-car">{plate(row.plate)}</td>
              <td className="settle-trip money-wrap">{way(row)}</td>
              <td className="num settle-back">{shortTime(row.returned_at)}</td>
              <td className="settle-driver">{row.driver}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
