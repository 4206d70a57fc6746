/** Allowances (用车额度): pools and months of the units of a year, what is left of each, its ledger, and what is asked for beside. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { yuan } from '../trips/words';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { Adjustments } from './Adjustments';
import { type Allowance, type Allowances, useAllowances } from './api';
import { GiveSheet } from './GiveSheet';
import { LedgerDrawer } from './LedgerDrawer';
import { ProposeSheet } from './ProposeSheet';
import { beijingMonth, byUnit, monthName, type UnitAllowances, usedShare } from './words';

/** Years to choose from: the next one is given in December. */
const YEARS = 4;

export default function AllowancesPage({ tabs }: { tabs: React.ReactNode }) {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const { params } = usePlace();
  const now = beijingMonth(Date.now());
  const year = Number(params.get('year')) || now.year;
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const allowances = useAllowances(unit?.id ?? '', year);
  const [step, setStep] = useState<'give' | 'propose' | null>(null);
  const [said, setSaid] = useState('');
  const chosen = params.get('account');
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['allowances'] });
    setSaid(words);
    setStep(null);
  };
  const years = Array.from({ length: YEARS }, (_, back) => String(now.year + 1 - back));
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals money${chosen ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('allowances.title')}</h1>
          <p className="muted">{t('allowances.lead')}</p>
        </div>
        {allowances.data?.may_give && (
          <div className="page-actions">
            <Button onPress={() => setStep('propose')}>{t('allowances.propose')}</Button>
            <Button look="primary" icon="plus" onPress={() => setStep('give')}>
              {t('allowances.give')}
            </Button>
          </div>
        )}
      </header>
      {tabs}
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <section className="table-card" aria-label={t('allowances.accounts')}>
        <div className="table-tools money-tools">
          <Pick label={t('allowances.year')} quiet choices={years.map((id) => ({ id, text: t('allowances.of_year', { year: id }) }))} value={String(year)} onChange={(id) => setParams({ year: id, account: null })} />
          <UnitPick label={t('allowances.unit')} value={unit} onChange={setUnit} />
        </div>
        {unit === null ? (
          <Empty title={t('allowances.choose_unit')} />
        ) : allowances.isPending ? (
          <Skeleton rows={6} kind="row" />
        ) : !allowances.data ? (
          allowances.error instanceof ApiError && allowances.error.status === 403 ? (
            <Empty title={t('allowances.forbidden')} />
          ) : (
            <Failed error={allowances.error} retry={() => void allowances.refetch()} />
          )
        ) : (
          <Accounts list={allowances.data} year={year} chosen={chosen} />
        )}
      </section>
      <Adjustments onDone={done} />
      {chosen && <LedgerDrawer key={chosen} id={chosen} account={allowances.data?.items.find((one) => one.id === chosen)} />}
      {step === 'give' && unit && <GiveSheet unit={unit} year={year} onClose={() => setStep(null)} onDone={done} />}
      {step === 'propose' && unit && <ProposeSheet unit={unit} year={year} onClose={() => setStep(null)} onDone={done} />}
    </main>
  );
}

function Accounts({ list, year, chosen }: { list: Allowances; year: number; chosen: string | null }) {
  const t = useText();
  const units = byUnit(list.items);
  const low = list.items.filter((account) => account.warns);
  if (units.length === 0) {
    return (
      <Empty title={t('allowances.none', { year })}>
        <p>{t('allowances.none_help')}</p>
      </Empty>
    );
  }
  return (
    <>
      {low.length > 0 && (
        <div className="notice allowance-low" role="note">
          <strong>{t('allowances.low', { n: low.length, percent: list.warn_percent })}</strong>
          <ul>
            {low.slice(0, 8).map((account) => (
              <li key={account.id}>{t('allowances.low_one', { unit: account.unit_name, month: monthName(account.year, account.month ?? 1), left: yuan(account.left_fen) })}</li>
            ))}
          </ul>
        </div>
      )}
      {units.map((unit) => (
        <Unit key={unit.unit_id} unit={unit} chosen={chosen} />
      ))}
      <p className="muted allowance-rule">{t('allowances.rule', { months: list.carry_months, percent: list.warn_percent })}</p>
    </>
  );
}

function Unit({ unit, chosen }: { unit: UnitAllowances; chosen: string | null }) {
  const t = useText();
  return (
    <section className="allowance-unit" aria-label={unit.unit_name}>
      <header>
        <h2>{unit.unit_name}</h2>
        {unit.pool && (
          <button type="button" className="allowance-pool" aria-pressed={chosen === unit.pool.id} onClick={() => setParams({ account: unit.pool!.id })}>
            {t('allowances.pool')} <strong className="num">{yuan(unit.pool.left_fen)}</strong> <span className="muted num">{t('allowances.of_given', { given: yuan(unit.pool.given_fen) })}</span>
          </button>
        )}
      </header>
      {unit.months.some((account) => account !== null) && (
        <ol className="allowance-months">
          {unit.months.map((account, index) => (
            <li key={index}>{account ? <Month account={account} isChosen={chosen === account.id} /> : <span className="allowance-month allowance-no-month">{t('allowances.month_short', { n: index + 1 })}</span>}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Month({ account, isChosen }: { account: Allowance; isChosen: boolean }) {
  const t = useText();
  const used = Math.round(usedShare(account) * 100);
  return (
    <button
      type="button"
      className="allowance-month"
      data-warns={account.warns || undefined}
      aria-pressed={isChosen}
      onClick={() => setParams({ account: account.id })}
    >
      <span className="allowance-name">
        {t('allowances.month_short', { n: account.month })}
        <span className="visually-hidden">{t('allowances.month_of', { unit: account.unit_name })}</span>
        <span className="num muted">{used}%</span>
      </span>
      <strong className="num">{yuan(account.left_fen)}</strong>
      <span className="allowance-bar" aria-hidden="true">
        <span style={{ width: `${used}%` }} />
      </span>
      <span className="muted num allowance-held">{account.held_fen > 0 ? t('allowances.held', { held: yuan(account.held_fen) }) : t('allowances.of_given', { given: yuan(account.given_fen) })}</span>
    </button>
  );
}
