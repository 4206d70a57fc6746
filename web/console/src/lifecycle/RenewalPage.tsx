/** Plan of renewal (更新规划): budgets, shares and ages are tried with sliders, and the plan of least cost within them is told. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/figures.css';
import '../styles/renewal.css';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { RenewalCars } from './RenewalCars';
import { RenewalYears } from './RenewalYears';
import { evenBudget, type RenewalPlan, START, type Steps, TEN_THOUSAND, type Trial, targetOf, tried, undone, useRenewalPlan, wholeYuan } from './renewal';

export default function RenewalPage() {
  const t = useText();
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [steps, setSteps] = useState<Steps>({ now: START, before: [] });
  const [years, setYears] = useState(5);
  const told = useRenewalPlan(steps.now, years);
  const plan = told.data?.pages[0];
  const told_years = plan?.years.length ?? years;
  if (told_years !== years) setYears(told_years);
  const set = (change: Partial<Trial>) => setSteps((before) => tried(before, change));
  useEffect(() => {
    const undo = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z' && !isTyping(event.target)) {
        event.preventDefault();
        setSteps(undone);
      }
    };
    addEventListener('keydown', undo);
    return () => removeEventListener('keydown', undo);
  }, []);
  return (
    <main id="main" tabIndex={-1} className="page devices figures renewal">
      <header className="page-head">
        <div>
          <h1>{t('renewal.title')}</h1>
          <p className="muted">{t('renewal.lead')}</p>
        </div>
        <div className="page-actions">
          <Button isDisabled={steps.before.length === 0} onPress={() => setSteps(undone)}>
            {t('renewal.undo')}
          </Button>
          <Button isDisabled={steps.now === START} onPress={() => set({ ...START, unit_id: steps.now.unit_id })}>
            {t('renewal.reset')}
          </Button>
          <Button onPress={() => window.print()}>{t('renewal.print')}</Button>
        </div>
      </header>
      <section className="table-card figures-span renewal-asked" aria-label={t('renewal.asked')}>
        <UnitPick
          label={t('renewal.unit')}
          value={unit}
          onChange={(chosen) => {
            setUnit(chosen);
            set({ unit_id: chosen?.id ?? '', budget: null });
          }}
        />
        <Sliders trial={steps.now} plan={plan} onChange={set} />
      </section>
      {told.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !plan ? (
        told.error instanceof ApiError && told.error.status === 403 ? (
          <Empty title={t('renewal.forbidden')} />
        ) : (
          <Failed error={told.error} retry={() => void told.refetch()} />
        )
      ) : (
        <div className="renewal-told" aria-busy={told.isPlaceholderData || undefined}>
          {told.isError && <Failed error={told.error} retry={() => void told.refetch()} />}
          {plan.cars === 0 ? (
            <Empty title={t('renewal.no_cars')}>{plan.unregistered > 0 && <p>{t('renewal.unregistered', { n: plan.unregistered })}</p>}</Empty>
          ) : (
            <>
              <Outcome plan={plan} />
              <RenewalYears plan={plan} />
              <RenewalCars plan={plan} cars={told.data?.pages.flatMap((page) => page.items) ?? []} more={told.hasNextPage ? () => void told.fetchNextPage() : null} />
            </>
          )}
        </div>
      )}
    </main>
  );
}

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox';

/** One slider a target; those that nobody has moved stand where the register has them. */
function Sliders({ trial, plan, onChange }: { trial: Trial; plan: RenewalPlan | undefined; onChange: (change: Partial<Trial>) => void }) {
  const t = useText();
  const [most, setMost] = useState(100);
  const spent = Math.ceil(Math.max(0, ...(plan?.years.map((year) => year.spent_fen) ?? [])) / TEN_THOUSAND);
  if (spent * 2 > most) setMost(spent * 2);
  const of_last = (kind: string) => plan?.targets.filter((target) => target.kind === kind).at(-1)?.value;
  const flow = trial.nev_flow ?? (of_last('nev_flow') ?? 0) / 100;
  const last = plan?.years.at(-1);
  const stock = trial.nev_stock ?? (of_last('nev_stock') ?? 0) / 100;
  const age = trial.mean_age ?? of_last('mean_age') ?? 180;
  return (
    <>
      <Slider label={t('renewal.flow', { n: number(flow) })} value={flow} max={100} step={5} onChange={(nev_flow) => onChange({ nev_flow })} />
      <Slider label={t('renewal.stock', { n: number(stock), year: last?.year ?? '' })} value={stock} max={100} step={5} onChange={(nev_stock) => onChange({ nev_stock })} />
      <Slider
        label={age >= 180 ? t('renewal.age_none') : t('renewal.age', { n: number(age / 12, 1), year: last?.year ?? '' })}
        value={age}
        min={24}
        max={180}
        step={6}
        onChange={(months) => onChange({ mean_age: months >= 180 ? null : months })}
      />
      <Slider label={trial.range_km === null ? t('renewal.range_rule') : t('renewal.range', { n: trial.range_km })} value={trial.range_km ?? 400} min={150} max={700} step={10} onChange={(range_km) => onChange({ range_km })} />
      <Slider label={trial.cold_pct === null ? t('renewal.cold_rule') : t('renewal.cold', { n: trial.cold_pct })} value={trial.cold_pct ?? 70} min={40} max={100} step={5} onChange={(cold_pct) => onChange({ cold_pct })} />
      <label className="right-size-rent">
        <input type="checkbox" checked={trial.budget !== null} onChange={(event) => onChange({ budget: event.target.checked ? evenBudget(plan?.years ?? []) : null })} /> {t('renewal.with_budget')}
      </label>
      {trial.budget && (
        <fieldset className="renewal-budgets">
          <legend>{t('renewal.budgets')}</legend>
          {trial.budget.map((amount, at) => (
            <Slider
              key={plan?.years[at]?.year ?? at}
              label={t('renewal.budget', { year: plan?.years[at]?.year ?? at + 1, n: number(amount) })}
              value={amount}
              max={Math.max(most, amount)}
              step={1}
              onChange={(next) => onChange({ budget: trial.budget!.map((before, place) => (place === at ? next : before)) })}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

function Slider({ label, value, min = 0, max, step, onChange }: { label: string; value: number; min?: number; max: number; step: number; onChange: (value: number) => void }) {
  return (
    <label>
      <span className="muted">{label}</span>
      <input type="range" min={min} max={max} step={step} value={value} onChange={(event) => onChange(event.target.valueAsNumber)} />
    </label>
  );
}

/** Whether the targets hold, what the plan costs, and how far from the best it can be at the most. */
function Outcome({ plan }: { plan: RenewalPlan }) {
  const t = useText();
  if (!plan.is_kept) {
    return (
      <section className="table-card renewal-against" role="alert">
        <h2>{t('renewal.contradicts')}</h2>
        {plan.contradictions.length === 0 ? (
          <p>{t('renewal.not_found', { targets: plan.targets.filter((target) => !target.is_kept).map((target) => targetOf(target.kind, target.year, t)).join(t('renewal.and')) })}</p>
        ) : (
          <ul>
            {plan.contradictions.map((one) => (
              <li key={`${one.kind}-${one.year}-${one.unit_name}`}>
                {targetOf(one.kind, one.year, t, one.unit_name ?? '')}
                {one.needed_fen !== null && one.most_fen !== null && t('renewal.needed', { most: wholeYuan(one.most_fen), needed: wholeYuan(one.needed_fen) })}
              </li>
            ))}
          </ul>
        )}
        <p className="muted">{t('renewal.nearest')}</p>
      </section>
    );
  }
  const dear = plan.targets.filter((target) => target.worth_fen >= 100);
  return (
    <section className="table-card renewal-outcome" aria-label={t('renewal.outcome')}>
      <p>
        <strong>{t('renewal.cost', { cost: wholeYuan(plan.cost_fen), years: plan.years.length })}</strong>{' '}
        <span className="muted">{plan.gap_pct === 0 ? t('renewal.best') : t('renewal.gap', { gap: (plan.gap_pct ?? 0).toFixed(2), bound: wholeYuan(plan.bound_fen) })}</span>
      </p>
      <p className="muted">
        {t('renewal.counted', { cars: plan.cars })}
        {plan.unregistered > 0 && t('renewal.unregistered', { n: plan.unregistered })}
        {plan.estimated > 0 && t('renewal.estimated', { n: plan.estimated })}
      </p>
      {dear.length > 0 && (
        <details>
          <summary>{t('renewal.worth', { n: dear.length })}</summary>
          <ul>
            {dear.map((target) => (
              <li key={`${target.kind}-${target.year}`}>{t(`renewal.worth_${target.kind}`, { target: targetOf(target.kind, target.year, t), by: wholeYuan(target.worth_fen) })}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
