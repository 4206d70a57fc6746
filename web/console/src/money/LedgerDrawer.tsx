/** The ledger of an allowance (额度台账): every entry with what was left after it, and their sum. */

import { useEffect, useRef } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { yuan } from '../trips/words';
import { type Allowance, useEntries } from './api';
import { ledger, monthName } from './words';

export function LedgerDrawer({ id, account }: { id: string; account: Allowance | undefined }) {
  const t = useText();
  const entries = useEntries(id);
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ account: null });
  useKeys({ Escape: close });
  useEffect(() => head.current?.focus(), []);
  const title = account ? (account.month === null ? t('allowances.pool_of', { unit: account.unit_name, year: account.year }) : `${account.unit_name} ${monthName(account.year, account.month)}`) : t('allowances.ledger');
  const facts: [string, number][] = account
    ? [
        [t('allowances.given'), account.given_fen],
        [t('allowances.held_now'), account.held_fen],
        [t('allowances.spent'), account.spent_fen],
        [t('allowances.permitted'), account.permitted_fen],
      ]
    : [];
  return (
    <aside className="drawer" aria-label={title} data-covers="right">
      <header className="drawer-head">
        <div>
          <h2 ref={head} tabIndex={-1}>
            {title}
          </h2>
          {account && (
            <p className="drawer-line">
              <span className="num">{t('allowances.left', { left: yuan(account.left_fen) })}</span>
              {account.warns && <span className="state allowance-warns">{t('allowances.warns')}</span>}
            </p>
          )}
        </div>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      <div className="drawer-body" tabIndex={0} role="group" aria-label={t('allowances.ledger')}>
        {facts.length > 0 && (
          <dl className="facts">
            {facts.map(([name, fen]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="num">{yuan(fen)}</dd>
              </div>
            ))}
          </dl>
        )}
        <h3 className="drawer-title">{t('allowances.ledger')}</h3>
        {entries.isPending ? (
          <Skeleton rows={6} />
        ) : !entries.data ? (
          entries.error instanceof ApiError && entries.error.status === 404 ? (
            <Empty title={t('allowances.not_found')} />
          ) : (
            <Failed error={entries.error} retry={() => void entries.refetch()} />
          )
        ) : entries.data.items.length === 0 ? (
          <Empty title={t('allowances.no_entries')} />
        ) : (
          <Entries items={entries.data.items} />
        )}
      </div>
    </aside>
  );
}

function Entries({ items }: { items: Parameters<typeof ledger>[0] }) {
  const t = useText();
  const { lines, sum_fen } = ledger(items);
  return (
    <table className="ledger">
      <thead>
        <tr>
          <th scope="col">{t('allowances.entry')}</th>
          <th scope="col">{t('allowances.amount')}</th>
          <th scope="col">{t('allowances.balance')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <tr key={`${line.at}${index}`}>
            <th scope="row">
              {t(`allowances.kind_${line.kind}`)}
              {line.permits_fen > 0 && <span className="num"> {t('allowances.permits', { amount: yuan(line.permits_fen) })}</span>}
              <small className="muted">
                {[line.order, line.document, line.reason].filter(Boolean).join(' · ')} <span className="num">{dateTime(line.at)}</span> {line.by ?? t('allowances.by_itself')}
              </small>
            </th>
            <td className="num" data-below={line.amount_fen < 0 || undefined}>
              {yuan(line.amount_fen)}
            </td>
            <td className="num">{yuan(line.balance_fen)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('allowances.sum', { n: lines.length })}</th>
          <td className="num" colSpan={2}>
            {yuan(sum_fen)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
