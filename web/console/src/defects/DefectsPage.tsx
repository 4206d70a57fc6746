/** Defects of cars (车辆缺陷): what drivers found when they looked a car over, open first, and what was done about it. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/oversight.css';
import { useDeferredValue, useEffect, useState } from 'react';
import { ReasonSheet } from '../account/ReasonSheet';
import { ApiError, post } from '../api/client';
import { followLink, setParams, usePlace } from '../app/route';
import { useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type CarDefect, type Defect, inOrder, useClosed, useDefects } from './api';

const COLUMNS = ['vehicle', 'state', 'item', 'reported'];
/** So many cars are asked without anybody saying so. */
const UNASKED = 300;

export default function DefectsPage() {
  const t = useText();
  const vehicle = usePlace().params.get('v');
  const [q, setQ] = useState('');
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [view, setView] = useState('open');
  const [closing, setClosing] = useState<CarDefect | null>(null);
  const [said, setSaid] = useState('');
  const closed = useClosed();
  const defects = useDefects(useDeferredValue({ q: q.trim(), unit_id: unit?.id ?? '', vehicle }));
  const parts = defects.data?.pages ?? [];
  const looked = parts.reduce((sum, part) => sum + part.cars, 0);
  const total = parts[0]?.total ?? 0;
  const { hasNextPage, isFetching, isError, fetchNextPage } = defects;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && looked < UNASKED) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, looked, fetchNextPage]);
  const all = inOrder(parts.flatMap((part) => part.items));
  const rows = view === 'open' ? all.filter(({ defect }) => !defect.closing) : all;
  const kept = new Set(all.filter(({ defect }) => defect.is_safety && !defect.closing).map(({ car }) => car.id)).size;
  return (
    <main id="main" tabIndex={-1} className="page devices terminals oversight">
      <header className="page-head">
        <div>
          <h1>{t('defects.title')}</h1>
          <p className="muted">{t('defects.lead')}</p>
        </div>
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <section className="table-card" aria-label={t('defects.title')}>
        <div className="table-tools drivers-tools oversight-tools">
          {vehicle === null ? (
            <>
              <div className="search">
                <Icon name="search" size={16} />
                <input type="search" className="search-input" aria-label={t('defects.search')} placeholder={t('defects.search')} value={q} onChange={(event) => setQ(event.target.value)} />
              </div>
              <UnitPick label={t('findings.filter_unit')} value={unit} onChange={setUnit} />
            </>
          ) : (
            <Button onPress={() => setParams({ v: null })}>{t('defects.all_cars')}</Button>
          )}
          <Pick label={t('defects.view')} choices={['open', 'all'].map((id) => ({ id, text: t(`defects.view_${id}`) }))} value={view} onChange={setView} />
          <p className="muted defects-looked" role="status">
            {defects.data && t('defects.looked', { looked, total })}
            {kept > 0 && <strong className="overdue"> {t('defects.kept', { n: kept })}</strong>}
          </p>
        </div>
        {defects.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : isError && !defects.data ? (
          defects.error instanceof ApiError && [403, 404].includes(defects.error.status) ? (
            <Empty title={t(defects.error.status === 403 ? 'defects.forbidden' : 'defects.no_car')} />
          ) : (
            <Failed error={defects.error} retry={() => void defects.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t(isFetching ? 'defects.looking' : view === 'open' ? 'defects.none_open' : 'defects.none')} />
        ) : (
          <Rows rows={rows} onClose={setClosing} />
        )}
        {hasNextPage && looked >= UNASKED && (
          <div className="drivers-more">
            <Button isDisabled={isFetching} onPress={() => void fetchNextPage()}>
              {t('defects.more', { left: total - looked })}
            </Button>
          </div>
        )}
      </section>
      {closing && (
        <ReasonSheet
          title={t('defects.close')}
          text={t('defects.close_text', { plate: plate(closing.car.plate), item: t(`defects.item_${closing.defect.item}`) })}
          action={t('defects.close')}
          send={(reason) => post<Defect>(`/defects/${closing.defect.id}/closing`, { reason })}
          onClose={() => setClosing(null)}
          onDone={(defect) => {
            closed(defect);
            setSaid(t('defects.done', { plate: plate(closing.car.plate) }));
            setClosing(null);
          }}
        />
      )}
    </main>
  );
}

function Rows({ rows, onClose }: { rows: CarDefect[]; onClose: (one: CarDefect) => void }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('defects.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`defects.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { car, defect } = row;
            return (
              <tr key={defect.id}>
                <th scope="row">
                  <a href={`/?v=${car.id}`} onClick={followLink}>
                    {plate(car.plate)}
                  </a>
                  <small className="muted row-line">{car.unit_name}</small>
                </th>
                <td className="defect-words">
                  <State defect={defect} />
                  {!defect.closing && row.may_close && (
                    <Button aria-label={t('defects.close_of', { plate: plate(car.plate), item: t(`defects.item_${defect.item}`) })} onPress={() => onClose(row)}>
                      {t('defects.close')}
                    </Button>
                  )}
                  {defect.closing && (
                    <small className="muted row-line">
                      {t('defects.closed_by', { by: defect.closing.by ?? NONE, at: dateTime(defect.closing.at), reason: defect.closing.reason })}
                    </small>
                  )}
                </td>
                <td className="defect-words">
                  {t(`defects.item_${defect.item}`)}
                  {defect.note && <small className="row-line">{defect.note}</small>}
                </td>
                <td>
                  <span className="num">{dateTime(defect.reported_at)}</span>
                  <small className="muted row-line">{defect.reported_by ?? NONE}</small>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function State({ defect }: { defect: Defect }) {
  const t = useText();
  if (defect.closing) return <span className="state defect-closed">{t('defects.state_closed')}</span>;
  return defect.is_safety ? <span className="state defect-danger">{t('defects.state_danger')}</span> : <span className="state case-open">{t('defects.state_open')}</span>;
}
