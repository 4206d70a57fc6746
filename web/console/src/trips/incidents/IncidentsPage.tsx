/** Accidents and violations (事故与违章): what happened to which car, who drove, what is insured, and where each case stands. */

import '../../styles/admin.css';
import '../../styles/terminal.css';
import '../../styles/units.css';
import '../../styles/drivers.css';
import '../../styles/plans.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/client';
import { setParams, usePlace } from '../../app/route';
import { useText } from '../../i18n';
import { dateTime, number, plate } from '../../ui/format';
import { Button, Pick } from '../../ui/kit';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { AccidentSheet } from './AccidentSheet';
import { type Accident, STATES, useCases, type View, type Violation } from './api';
import { CaseSheet } from './CaseSheet';
import { StepSheet } from './StepSheet';
import { ViolationSheet } from './ViolationSheet';

const COLUMNS: Record<View, string[]> = {
  accidents: ['number', 'car', 'when', 'what', 'insurance', 'state'],
  violations: ['number', 'car', 'when', 'what', 'fine', 'state'],
};
type Step = { accident: Accident | null } | { violation: null } | { view: View; id: string; number: string; move: string } | null;

export default function IncidentsPage() {
  const t = useText();
  const queries = useQueryClient();
  const { params } = usePlace();
  const view: View = params.get('view') === 'violations' ? 'violations' : 'accidents';
  const opened = params.get('id');
  const [state, setState] = useState('');
  const cases = useCases<Accident | Violation>(view, state);
  const [step, setStep] = useState<Step>(null);
  const [said, setSaid] = useState('');
  const rows = cases.data?.pages.flatMap((page) => page.items) ?? [];
  const mayChange = cases.data?.pages[0]?.may_change ?? false;
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['incidents'] });
    setSaid(words);
    setStep(null);
  };
  return (
    <main id="main" tabIndex={-1} className="page devices terminals plans">
      <header className="page-head">
        <div>
          <h1>{t('incidents.title')}</h1>
          <p className="muted">{t('incidents.lead')}</p>
        </div>
        {mayChange && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setStep(view === 'accidents' ? { accident: null } : { violation: null })}>
              {t(view === 'accidents' ? 'incidents.enter_accident' : 'incidents.enter_violation')}
            </Button>
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <section className="table-card" aria-label={t('incidents.title')}>
        <div className="table-tools drivers-tools">
          <div className="plan-views" role="group" aria-label={t('incidents.view')}>
            {(['accidents', 'violations'] as const).map((name) => (
              <Button
                key={name}
                look={view === name ? 'primary' : 'plain'}
                aria-pressed={view === name}
                onPress={() => {
                  setState('');
                  setParams({ view: name === 'violations' ? name : null, id: null });
                }}
              >
                {t(`incidents.view_${name}`)}
              </Button>
            ))}
          </div>
          <Pick
            label={t('incidents.column_state')}
            quiet
            choices={[{ id: '', text: t('incidents.all_states') }, ...STATES[view].map((id) => ({ id, text: t(view === 'accidents' ? `incidents.state_${id}` : `incidents.vstate_${id}`) }))]}
            value={state}
            onChange={setState}
          />
        </div>
        {cases.isPending ? (
          <Skeleton rows={6} kind="row" />
        ) : cases.isError && !cases.data ? (
          cases.error instanceof ApiError && cases.error.status === 403 ? (
            <Empty title={t('incidents.forbidden')} />
          ) : (
            <Failed error={cases.error} retry={() => void cases.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t('incidents.none')} />
        ) : (
          <div className="table-scroll plan-rows" tabIndex={0} role="group" aria-label={t('incidents.title')}>
            <table>
              <thead>
                <tr>
                  {COLUMNS[view].map((column) => (
                    <th key={column} scope="col">
                      {t(`incidents.column_${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <th scope="row" className="num">
                      {'liability' in row ? (
                        <button type="button" className="row-open" onClick={() => setParams({ id: row.id })}>
                          {row.number}
                        </button>
                      ) : (
                        row.number
                      )}
                      <small className="muted plan-line">{row.unit_name}</small>
                    </th>
                    <td>
                      {plate(row.plate)}
                      <small className="muted plan-line">
                        {row.driver ?? t('incidents.no_order')} {row.order_number}
                      </small>
                    </td>
                    <td className="num">
                      {dateTime(row.at)}
                      <small className="muted plan-line">{row.place_name}</small>
                    </td>
                    {'liability' in row ? <OfAccident row={row} /> : <OfViolation row={row} />}
                    <td>
                      <span className={`state case-${row.state}`}>{t('liability' in row ? `incidents.state_${row.state}` : `incidents.vstate_${row.state}`)}</span>
                      <span className="plan-moves">
                        {row.moves.map((move) => (
                          <Button key={move} onPress={() => setStep({ view, id: row.id, number: row.number, move })}>
                            {t(`incidents.move_${move}`)}
                            <span className="visually-hidden"> {row.number}</span>
                          </Button>
                        ))}
                        {'liability' in row && mayChange && !['closed', 'dismissed'].includes(row.state) && (
                          <Button onPress={() => setStep({ accident: row })}>
                            {t('incidents.correct')}
                            <span className="visually-hidden"> {row.number}</span>
                          </Button>
                        )}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {cases.hasNextPage && (
          <div className="drivers-more">
            <Button isDisabled={cases.isFetchingNextPage} onPress={() => void cases.fetchNextPage()}>
              {t('incidents.more')}
            </Button>
          </div>
        )}
      </section>
      {opened && view === 'accidents' && <CaseSheet key={opened} id={opened} onClose={() => setParams({ id: null })} />}
      {step && 'accident' in step && <AccidentSheet accident={step.accident} onClose={() => setStep(null)} onDone={(made) => done(t('incidents.entered', { number: made.number }))} />}
      {step && 'violation' in step && <ViolationSheet onClose={() => setStep(null)} onDone={(made) => done(t('incidents.entered', { number: made.number }))} />}
      {step && 'move' in step && (
        <StepSheet
          path={`/${step.view}/${step.id}/steps`}
          number={step.number}
          move={step.move}
          onClose={() => setStep(null)}
          onDone={() => done(t('incidents.done', { number: step.number, what: t(`incidents.move_${step.move}`) }))}
        />
      )}
    </main>
  );
}

function OfAccident({ row }: { row: Accident }) {
  const t = useText();
  return (
    <>
      <td>
        {t(`incidents.kind_${row.kind}`)}
        {row.injured > 0 && <strong> {t('incidents.injured', { n: row.injured })}</strong>}
        <small className="muted plan-line">
          {row.what} {row.photo_ids.length > 0 && t('incidents.photos', { n: row.photo_ids.length })}
        </small>
      </td>
      <td>
        {t(`incidents.liability_${row.liability}`)}
        <small className="muted plan-line">
          {row.insurer} {row.claim_number && t('incidents.claim_of', { number: row.claim_number })}
        </small>
      </td>
    </>
  );
}

function OfViolation({ row }: { row: Violation }) {
  const t = useText();
  return (
    <>
      <td>
        {row.code}
        <small className="muted plan-line">{row.what}</small>
      </td>
      <td className="num">
        {t('incidents.points', { n: row.points })}
        <small className="muted plan-line">{t('incidents.fine', { yuan: number(row.fine_fen / 100) })}</small>
      </td>
    </>
  );
}
