/** Findings (疑点): where a trip is not what its order says; what waits for the reader comes first. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/oversight.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Finding, KINDS, STATES, useFindings, useUnsettled } from './api';
import { FindingDrawer } from './FindingDrawer';
import { inOrder, sinceOf, SPANS, unsettledStates, waitsFor, within } from './order';
import { Due, KindName, StateMark } from './marks';
import { excess } from './words';

const COLUMNS = ['kind', 'state', 'vehicle', 'at', 'excess', 'order'];

export default function FindingsPage() {
  const t = useText();
  const { session } = useServices();
  const chosen = usePlace().params.get('finding');
  const [filter, setFilter] = useState({ state: '', kind: '' });
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [span, setSpan] = useState('0');
  const [opened] = useState(() => Date.now());
  const watches = session.permissions.includes('watch_trips');
  const { state, kind } = filter;
  const asked = { kind, unit_id: unit?.id ?? '' };
  const list = useFindings({ ...asked, state });
  const unsettled = useUnsettled(asked, state === '' ? unsettledStates(session.permissions) : []);
  const since = sinceOf(Number(span), opened);
  const listed = within(list.data?.pages.flatMap((page) => page.items) ?? [], since);
  const { waiting, others } = inOrder(state === '' ? within(unsettled.data ?? [], since).items : [], listed.items);
  const rows = [...waiting, ...others];
  const hasMore = list.hasNextPage && !listed.isComplete;
  const step = (by: 1 | -1) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, rows.findIndex((row) => row.id === chosen) + by))];
    if (next) setParams({ finding: next.id }, 'replace');
  };
  useKeys({ j: () => step(1), k: () => step(-1) }, rows.length > 0);
  const choices = (all: string, ids: readonly string[], group: string) => [{ id: '', text: t(all) }, ...ids.map((id) => ({ id, text: t(`findings.${group}_${id}`) }))];
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals oversight${chosen ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('findings.title')}</h1>
          <p className="muted">{t(watches ? 'findings.lead' : 'findings.lead_own')}</p>
        </div>
      </header>
      <section className="table-card" aria-label={t('findings.title')}>
        <div className="table-tools drivers-tools oversight-tools">
          <Pick label={t('findings.filter_state')} choices={choices('findings.all_states', STATES, 'state')} value={state} onChange={(next) => setFilter({ ...filter, state: next })} />
          <Pick label={t('findings.filter_kind')} choices={choices('findings.all_kinds', KINDS, 'kind')} value={kind} onChange={(next) => setFilter({ ...filter, kind: next })} />
          <Pick label={t('findings.filter_span')} choices={SPANS.map((days) => ({ id: String(days), text: t(`findings.span_${days}`) }))} value={span} onChange={setSpan} />
          {watches && <UnitPick label={t('findings.filter_unit')} value={unit} onChange={setUnit} />}
        </div>
        {list.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : list.isError && !list.data ? (
          list.error instanceof ApiError && list.error.status === 403 ? (
            <Empty title={t('findings.forbidden')} />
          ) : (
            <Failed error={list.error} retry={() => void list.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t(state || kind || unit || since ? 'findings.none_so' : 'findings.none')} />
        ) : (
          <Rows waiting={waiting} others={others} chosen={chosen} />
        )}
        {hasMore && (
          <div className="drivers-more">
            <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
              {t('findings.more')}
            </Button>
          </div>
        )}
      </section>
      {chosen && <FindingDrawer key={chosen} id={chosen} />}
    </main>
  );
}

function Rows({ waiting, others, chosen }: { waiting: Finding[]; others: Finding[]; chosen: string | null }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('findings.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`findings.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        {waiting.length > 0 && <Group title={t('findings.waiting', { n: waiting.length })} rows={waiting} chosen={chosen} />}
        {others.length > 0 && <Group title={waiting.length > 0 ? t('findings.others') : null} rows={others} chosen={chosen} />}
      </table>
    </div>
  );
}

function Group({ title, rows, chosen }: { title: string | null; rows: Finding[]; chosen: string | null }) {
  const t = useText();
  return (
    <tbody>
      {title !== null && (
        <tr className="group-row">
          <th scope="rowgroup" colSpan={COLUMNS.length}>
            {title}
          </th>
        </tr>
      )}
      {rows.map((row) => {
        const waits = waitsFor(row);
        return (
          <tr key={row.id} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ finding: row.id })}>
            <th scope="row">
              <button type="button" className="row-open" onClick={() => setParams({ finding: row.id })}>
                <KindName finding={row} />
              </button>
              {waits && <small className="row-line waits">{t(`findings.waits_${waits}`)}</small>}
            </th>
            <td>
              <StateMark state={row.state} />
              <Due finding={row} />
            </td>
            <td>
              {plate(row.plate)}
              <small className="muted row-line">{row.unit_name}</small>
            </td>
            <td className="num">{dateTime(row.at)}</td>
            <td className="num">{excess(row) ?? NONE}</td>
            <td>
              {row.order ? <span className="mono">{row.order.number ?? t('findings.order_hidden')}</span> : t('findings.no_order')}
              {row.order?.driver && <small className="muted row-line">{row.order.driver}</small>}
            </td>
          </tr>
        );
      })}
    </tbody>
  );
}
