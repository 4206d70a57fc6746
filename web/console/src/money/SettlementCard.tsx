/** One order beside the list (结算单): the trip, its expenses with their receipts, how it is settled and what it comes to; printable. */

import { useEffect, useRef } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import type { Order } from '../trips/types';
import { km, way, why } from '../trips/words';
import { useExpenses, useOrder, useSettlement } from './api';
import { Expenses } from './Expenses';
import { Lines } from './Lines';
import { Parts } from './Parts';
import { SettleForm } from './SettleForm';

interface CardProps {
  id: string;
  onSay: (words: string) => void;
  onClose: () => void;
}

export function SettlementCard({ id, onSay, onClose }: CardProps) {
  const t = useText();
  const order = useOrder(id);
  const expenses = useExpenses(id);
  const isSettled = order.data?.state === 'settled';
  const settlement = useSettlement(id, isSettled);
  const head = useRef<HTMLHeadingElement>(null);
  const isThere = order.data !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);
  useKeys({ Escape: onClose });
  if (!order.data) {
    return (
      <article className="table-card settle-card">
        {order.isPending ? <Skeleton rows={8} /> : order.error instanceof ApiError && order.error.status < 500 ? <Empty title={t('settle.not_found')} /> : <Failed error={order.error} retry={() => void order.refetch()} />}
      </article>
    );
  }
  const maySettle = order.data.moves.includes('settle');
  return (
    <article className="table-card settle-card" aria-label={t('settle.of', { number: order.data.number })}>
      <header className="settle-head">
        <div>
          <h2 ref={head} tabIndex={-1}>
            {t('settle.paper')} <span className="mono">{order.data.number}</span>
          </h2>
          <p className="muted">
            {order.data.unit_name} · {plate(order.data.plate)} · {t(`settle.state_${order.data.state}`, { defaultValue: order.data.state })}
          </p>
        </div>
        <span className="settle-tools">
          <Button onPress={() => window.print()}>{t('settle.print')}</Button>
          <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onClose} />
        </span>
      </header>
      <Facts order={order.data} />
      <h3 className="drawer-title">{t('settle.expenses')}</h3>
      {expenses.data ? <Expenses list={expenses.data} order={id} onSay={onSay} /> : expenses.isPending ? <Skeleton rows={2} /> : <Failed error={expenses.error} retry={() => void expenses.refetch()} />}
      <h3 className="drawer-title">{t('settle.reckoning')}</h3>
      {isSettled ? (
        settlement.data ? (
          <>
            <Lines settlement={settlement.data} />
            <Parts settlement={settlement.data} />
            <p className="muted">
              {t('settle.settled_by', { by: settlement.data.settled_by ?? NONE })} <span className="num">{dateTime(settlement.data.settled_at)}</span>
            </p>
          </>
        ) : settlement.isPending ? (
          <Skeleton rows={3} />
        ) : (
          <Failed error={settlement.error} retry={() => void settlement.refetch()} />
        )
      ) : maySettle ? (
        <SettleForm order={order.data} onSay={onSay} />
      ) : (
        <Empty title={t('settle.not_yours')} />
      )}
      <p className="settle-signatures" aria-hidden="true">
        {['made', 'checked', 'unit'].map((who) => (
          <span key={who}>{t(`settle.sign_${who}`)}</span>
        ))}
      </p>
    </article>
  );
}

function Facts({ order }: { order: Order }) {
  const t = useText();
  const read = order.depart_odometer_km !== null && order.return_odometer_km !== null;
  const driven = read ? km((order.return_odometer_km! - order.depart_odometer_km!) * 1000) : t('settle.no_odometer', { km: km(order.distance_m) });
  const facts: [string, string][] = [
    [t('settle.why'), why(order)],
    [t('settle.way'), way(order)],
    [t('settle.from_to'), `${dateTime(order.departed_at)} – ${dateTime(order.returned_at)}`],
    [t('settle.driven'), driven],
    [t('settle.driver'), order.driver],
    [t('settle.applicant'), order.applicant],
  ];
  return (
    <dl className="settle-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
