/** Cars under seal (封存): which are sealed now, all records, and sealing and opening them. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/seals.css';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { dateTime, number, plate } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Seal, sealState, useSeals } from './api';
import { HolidaySheet } from './HolidaySheet';
import { OpenSheet } from './OpenSheet';
import { PutSheet } from './PutSheet';

const COLUMNS = ['plate', 'unit', 'kind', 'span', 'place', 'reason', 'people', 'state'];

export default function SealsPage() {
  const t = useText();
  const queries = useQueryClient();
  const [view, setView] = useState('now');
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [step, setStep] = useState<'put' | 'holiday' | Seal | null>(null);
  const [said, setSaid] = useState('');
  // Asked anew when the view changes, not with every second.
  const at = useMemo(() => (view === 'now' ? new Date().toISOString() : ''), [view, said]);
  const seals = useSeals({ unit_id: unit?.id ?? '', at });
  const rows = seals.data?.pages.flatMap((page) => page.items) ?? [];
  const rights = seals.data?.pages[0];
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['seals'] });
    void queries.invalidateQueries({ queryKey: ['vehicle'] });
    setSaid(words);
    setStep(null);
  };
  return (
    <main id="main" tabIndex={-1} className="page devices terminals seals">
      <header className="page-head">
        <div>
          <h1>{t('seals.title')}</h1>
          <p className="muted">{t('seals.lead')}</p>
        </div>
        {rights?.may_seal && (
          <div className="page-actions">
            <Button onPress={() => setStep('holiday')}>{t('seals.holiday')}</Button>
            <Button look="primary" icon="plus" onPress={() => setStep('put')}>
              {t('seals.put')}
            </Button>
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <section className="table-card" aria-label={t('seals.title')}>
        <div className="table-tools drivers-tools">
          <Pick label={t('seals.view')} quiet choices={['now', 'all'].map((id) => ({ id, text: t(`seals.${id}`) }))} value={view} onChange={setView} />
          <UnitPick label={t('drivers.field_unit')} value={unit} onChange={setUnit} />
        </div>
        {seals.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : seals.isError && !seals.data ? (
          seals.error instanceof ApiError && seals.error.status === 403 ? (
            <Empty title={t('seals.forbidden')} />
          ) : (
            <Failed error={seals.error} retry={() => void seals.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t(view === 'now' ? 'seals.none_now' : 'seals.none')} />
        ) : (
          <Rows rows={rows} open={rights?.may_open ? setStep : null} />
        )}
        {seals.hasNextPage && (
          <div className="drivers-more">
            <Button isDisabled={seals.isFetchingNextPage} onPress={() => void seals.fetchNextPage()}>
              {t('audit.more')}
            </Button>
          </div>
        )}
      </section>
      {step === 'put' && <PutSheet onClose={() => setStep(null)} onDone={(made) => done(t('seals.done', { plate: plate(made.plate) }))} />}
      {step === 'holiday' && (
        <HolidaySheet
          onClose={() => setStep(null)}
          onDone={(made) => done(t('seals.holiday_done', { sealed: made.sealed.length, kept: made.kept.length, left: made.left.length }))}
        />
      )}
      {step !== null && typeof step === 'object' && <OpenSheet seal={step} onClose={() => setStep(null)} onDone={() => done(t('seals.opened', { plate: plate(step.plate) }))} />}
    </main>
  );
}

function Rows({ rows, open }: { rows: Seal[]; open: ((seal: Seal) => void) | null }) {
  const t = useText();
  return (
    <div className="table-scroll seal-rows" tabIndex={0} role="group" aria-label={t('seals.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`seals.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((seal) => {
            const state = sealState(seal);
            return (
              <tr key={seal.id}>
                <th scope="row">
                  {plate(seal.plate)}
                  {seal.odometer_km !== null && <small className="num muted seal-line">{number(seal.odometer_km, 1)} km</small>}
                </th>
                <td>{seal.unit_name}</td>
                <td>{t(`seals.kind_${seal.kind}`)}</td>
                <td className="num">
                  {dateTime(seal.from)}
                  <small className="muted seal-line">{seal.until ? dateTime(seal.until) : t('seals.open_end')}</small>
                </td>
                <td>
                  {seal.place}
                  <small className="muted seal-line">{seal.key_custodian}</small>
                </td>
                <td>{seal.reason}</td>
                <td>
                  {seal.approved_by}
                  <small className="muted seal-line">{seal.handled_by}</small>
                </td>
                <td>
                  <span className={`state seal-${state}`}>{t(`seals.state_${state}`)}</span>
                  {open && (state === 'held' || state === 'coming') && (
                    <Button aria-label={t('seals.open_of', { plate: plate(seal.plate) })} onPress={() => open(seal)}>
                      {t('seals.open')}
                    </Button>
                  )}
                  {seal.opening && (
                    <small className="muted seal-line">
                      {t('seals.opened_by', { approved: seal.opening.approved_by, handled: seal.opening.handled_by, reason: seal.opening.reason })}
                    </small>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
