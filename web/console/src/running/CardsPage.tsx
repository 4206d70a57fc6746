/** Cards for fuel and charging, what was done with them, and records that wait to be linked (加油充电卡与费用). */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/running.css';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useChange } from '../admin/use-change';
import { ApiError, upload } from '../api/client';
import { useText } from '../i18n';
import { yuan } from '../trips/words';
import { dateTime, NONE, number } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Feed, useCards, useUses, useWaiting, type Waiting } from './api';
import { CardSheet, DismissSheet, LinkSheet, UseSheet } from './CardSheets';

type Step = { is: 'give' | 'use' } | { is: 'link' | 'dismiss'; waiting: Waiting };

export default function CardsPage() {
  const t = useText();
  const queries = useQueryClient();
  const cards = useCards();
  const [step, setStep] = useState<Step | null>(null);
  const [said, setSaid] = useState('');
  const close = () => setStep(null);
  const told = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['running'] });
    setSaid(words);
    close();
  };
  const done = () => told(t('running.done'));
  return (
    <main id="main" tabIndex={-1} className="page devices running">
      <header className="page-head">
        <div>
          <h1>{t('running.cards_title')}</h1>
          <p className="muted">{t('running.cards_lead')}</p>
        </div>
        {cards.data?.may_change && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setStep({ is: 'give' })}>
              {t('running.give_card')}
            </Button>
            <Button onPress={() => setStep({ is: 'use' })}>{t('running.enter_use')}</Button>
            <Bring label={t('running.bring_uses')} path="/card-transactions/import" onDone={told} />
            <Bring label={t('running.bring_costs')} path="/vehicle-costs/import" onDone={told} />
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      {cards.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !cards.data ? (
        cards.error instanceof ApiError && cards.error.status === 403 ? (
          <Empty title={t('running.forbidden')} />
        ) : (
          <Failed error={cards.error} retry={() => void cards.refetch()} />
        )
      ) : (
        <>
          <Queue step={cards.data.may_change ? setStep : null} />
          <Table title={t('running.cards')} columns={['car', 'unit', 'card', 'limits', 'spent', 'refusals']} none={t('running.cards_none')}>
            {cards.data.items.map((card) => (
              <tr key={card.id}>
                <th scope="row" className="mono">
                  {card.plate}
                </th>
                <td>{card.unit_name}</td>
                <td>
                  <span className="mono">{card.number}</span> <small className="muted">{t(`running.card_${card.kind}`)}</small> <span className={`due due-${card.state === 'active' ? 'plain' : 'warn'}`}>{t(`running.card_state_${card.state}`)}</span>
                </td>
                <td className="num">{[card.single_fen, card.day_fen, card.month_fen].map((fen) => (fen ? yuan(fen) : NONE)).join(' / ')}</td>
                <td className="num">{yuan(card.spent_fen)}</td>
                <td className="num">{number(card.refusals)}</td>
              </tr>
            ))}
          </Table>
          <Uses />
        </>
      )}
      {step?.is === 'give' && <CardSheet onClose={close} onDone={done} />}
      {step?.is === 'use' && <UseSheet onClose={close} onDone={(outcome) => told(t(`running.outcome_${outcome}`))} />}
      {step?.is === 'link' && <LinkSheet waiting={step.waiting} onClose={close} onDone={done} />}
      {step?.is === 'dismiss' && <DismissSheet waiting={step.waiting} onClose={close} onDone={done} />}
    </main>
  );
}

/** Records that nobody could link. */
function Queue({ step }: { step: ((step: Step) => void) | null }) {
  const t = useText();
  const waiting = useWaiting();
  if (!waiting.data) return waiting.isPending ? <Skeleton rows={3} kind="row" /> : <Failed error={waiting.error} retry={() => void waiting.refetch()} />;
  return (
    <Table title={t('running.queue', { count: waiting.data.items.length })} columns={['number', 'head', 'plate', 'at', 'amount', 'why']} none={t('running.queue_none')}>
      {waiting.data.items.map((one) => (
        <tr key={one.id}>
          <th scope="row" className="mono">
            {one.number}
          </th>
          <td>{t(`running.head_${one.head}`)}</td>
          <td className="mono">{one.plate || one.card_number || NONE}</td>
          <td className="num">{dateTime(one.at)}</td>
          <td className="num">{yuan(one.amount_fen)}</td>
          <td>
            <span className="due due-warn">{t(`running.why_${one.why}`)}</span>{' '}
            {step && (
              <>
                <Button look="quiet" onPress={() => step({ is: 'link', waiting: one })} aria-label={t('running.link_of', { number: one.number })}>
                  {t('running.link')}
                </Button>
                <Button look="quiet" onPress={() => step({ is: 'dismiss', waiting: one })} aria-label={t('running.dismiss_of', { number: one.number })}>
                  {t('running.dismiss')}
                </Button>
              </>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** What was done with cards, the newest first. */
function Uses() {
  const t = useText();
  const [refused, setRefused] = useState('');
  const uses = useUses(refused);
  const choices = ['', 'true', 'false'].map((id) => ({ id: id || 'all', text: t(`running.uses_${id || 'all'}`) }));
  if (!uses.data) return uses.isPending ? <Skeleton rows={6} kind="row" /> : <Failed error={uses.error} retry={() => void uses.refetch()} />;
  return (
    <>
      <Pick label={t('running.uses_show')} quiet choices={choices} value={refused || 'all'} onChange={(id) => setRefused(id === 'all' ? '' : id)} />
      <Table title={t('running.uses')} columns={['card', 'plate', 'at', 'grade', 'amount', 'result']} none={t('running.uses_none')}>
        {uses.data.items.map((use) => (
          <tr key={use.id}>
            <th scope="row" className="mono">
              {use.card_number}
            </th>
            <td className="mono">
              {use.card_plate} {use.plate && use.plate !== use.card_plate && <span className="due due-bad">{use.plate}</span>}
            </td>
            <td className="num">{dateTime(use.at)}</td>
            <td>
              {use.act === 'top_up' ? t('running.act_top_up') : use.grade && t(`running.grade_${use.grade}`)} <span className="num">{use.quantity ? number(use.quantity, 2) : ''}</span>
            </td>
            <td className="num">{yuan(use.amount_fen)}</td>
            <td>{use.refused.length === 0 ? t('running.paid') : use.refused.map((one) => t(`running.refused_${one}`)).join('、')}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Table({ title, columns, none, children }: { title: string; columns: string[]; none: string; children: React.ReactNode[] }) {
  const t = useText();
  return (
    <section className="table-card" aria-label={title}>
      <h2 className="running-list">{title}</h2>
      {children.length === 0 ? (
        <Empty title={none} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`running.column_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Brings a table, and says what became of it; the first bad rows with their reasons. */
function Bring({ label, path, onDone }: { label: string; path: string; onDone: (words: string) => void }) {
  const t = useText();
  const change = useChange();
  const input = useRef<HTMLInputElement>(null);
  async function bring(file: File) {
    const feed = await change.run(async () => (await (await upload(path, file, { file: file.name })).json()) as Feed);
    if (!feed) return;
    const { entered, refused, waiting, known, bad, errors } = feed;
    const first = errors.slice(0, 5).map((error) => t('running.bad_row', { row: error.row, title: error.title }));
    onDone([t('running.brought', { entered, refused, waiting, known, bad }), ...first].join(' '));
  }
  return (
    <>
      <input ref={input} type="file" accept=".csv,.xlsx" hidden aria-label={label} onChange={(event) => event.target.files?.[0] && void bring(event.target.files[0])} />
      <Button isDisabled={change.busy} onPress={() => input.current?.click()}>
        {label}
      </Button>
      {change.error && (
        <span role="alert" className="field-error">
          {change.error}
        </span>
      )}
    </>
  );
}
