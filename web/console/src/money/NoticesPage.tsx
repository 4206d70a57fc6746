/** The public register for those who keep it (公示管理): a month is shown, a trip is taken back with a reason, and both stand. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { ApiError, post } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type NoticesMade, type PublicTrip, usePublicTrips } from './api';
import { Files } from './PublicPage';
import { Register } from './Register';
import { beijingMonth, monthBefore, monthName } from './words';

export default function NoticesPage({ tabs, mayPublish }: { tabs: React.ReactNode; mayPublish: boolean }) {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const { params } = usePlace();
  const change = useChange();
  const last = monthBefore(beijingMonth(Date.now()));
  const year = Number(params.get('year')) || last.year;
  const month = Number(params.get('month')) || last.month;
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [taking, setTaking] = useState<PublicTrip | null>(null);
  const [said, setSaid] = useState('');
  const wanted = unit && { unit_id: unit.id, year, month };
  const trips = usePublicTrips(wanted, true);
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['public'] });
    setSaid(words);
    setTaking(null);
  };
  async function publish() {
    const made = await change.run((key) => post<NoticesMade>('/notices', wanted, key));
    if (made) done(t('public.published', { ...made }));
  }
  return (
    <main id="main" tabIndex={-1} className="page devices terminals money public">
      <header className="page-head">
        <div>
          <h1>{t('public.title')}</h1>
          <p className="muted">{t('public.lead_inside')}</p>
        </div>
        {mayPublish && unit && (
          <div className="page-actions">
            <Button look="primary" isDisabled={change.busy} onPress={() => void publish()}>
              {t('public.publish', { month: monthName(year, month) })}
            </Button>
          </div>
        )}
      </header>
      {tabs}
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <div role="alert">{(change.error || change.field('month')) && <p className="notice notice-bad">{change.error || change.field('month')}</p>}</div>
      <section className="table-card" aria-label={t('public.title')}>
        <div className="table-tools money-tools">
          <div className="public-choice">
            <label className="field">
              <span>{t('public.month')}</span>
              <input
                className="input"
                type="month"
                value={`${year}-${String(month).padStart(2, '0')}`}
                onChange={(event) => {
                  const [nextYear, nextMonth] = event.target.value.split('-');
                  if (nextYear && nextMonth) setParams({ year: nextYear, month: String(Number(nextMonth)) }, 'replace');
                }}
              />
            </label>
            <UnitPick label={t('public.unit')} value={unit} onChange={setUnit} />
          </div>
          {wanted && <Files month={wanted} />}
        </div>
        {!unit ? (
          <Empty title={t('public.choose_unit')} />
        ) : trips.data ? (
          <Register trips={trips.data.items} caption={`${unit.name} · ${monthName(year, month)}`} onTakeBack={mayPublish ? setTaking : null} />
        ) : trips.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : trips.error instanceof ApiError && trips.error.status === 403 ? (
          <Empty title={t('public.forbidden')} />
        ) : (
          <Failed error={trips.error} retry={() => void trips.refetch()} />
        )}
      </section>
      {taking && <TakeBackSheet trip={taking} onClose={() => setTaking(null)} onDone={() => done(t('public.take_back_done'))} />}
    </main>
  );
}

function TakeBackSheet({ trip, onClose, onDone }: { trip: PublicTrip; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [reason, setReason] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run(async (key) => {
      await post(`/notices/${trip.id}/reversal`, { reason }, key);
      return true;
    });
    if (made) onDone();
  }
  return (
    <Sheet title={t('public.take_back')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t('public.take_back_help', { from: trip.from, to: trip.to })}</p>
        <Field label={t('public.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" autoFocus />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || reason.trim() === ''}>
            {t('public.take_back')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
