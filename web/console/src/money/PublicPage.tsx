/** The public register (公务用车公示): what anybody may read, without signing in; six fields a trip, by month and unit. */

import { useEffect } from 'react';
import { url } from '../api/client';
import { useConfig } from '../api/queries';
import { setParams, usePlace } from '../app/route';
import { setTheme, useTheme } from '../app/theme';
import { language, setLanguage, useText } from '../i18n';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type PublicUnit, usePublicTrips, usePublicUnits } from './api';
import { Register } from './Register';
import { monthName } from './words';

/** `2026-03` in two numbers. */
function monthOf(text: string): { year: number; month: number } {
  const [year, month] = text.split('-').map(Number);
  return { year: year ?? 0, month: month ?? 1 };
}

export default function PublicPage({ isSignedIn }: { isSignedIn: boolean }) {
  const t = useText();
  const { params } = usePlace();
  const units = usePublicUnits();
  const found = units.data?.items ?? [];
  const unit = found.find((one) => one.id === params.get('unit_id')) ?? found[0];
  const named = `${params.get('year') ?? ''}-${(params.get('month') ?? '').padStart(2, '0')}`;
  const month = unit && (unit.months.includes(named) ? named : unit.months[0]);
  const wanted = unit && month ? { unit_id: unit.id, ...monthOf(month) } : null;
  const trips = usePublicTrips(wanted, false);
  useEffect(() => {
    if (!isSignedIn) document.title = t('public.title');
  }, [isSignedIn, t]);
  return (
    <Frame isSignedIn={isSignedIn}>
      <header className="page-head">
        <div>
          <h1>{t('public.title')}</h1>
          <p className="muted">{t('public.lead')}</p>
        </div>
      </header>
      {units.isPending ? (
        <Skeleton rows={8} kind="row" />
      ) : units.isError ? (
        <Failed error={units.error} retry={() => void units.refetch()} />
      ) : !unit || !wanted || !month ? (
        <Empty title={t('public.none')}>
          <p>{t('public.none_help')}</p>
        </Empty>
      ) : (
        <section className="table-card" aria-label={`${unit.name} ${monthName(wanted.year, wanted.month)}`}>
          <div className="table-tools money-tools">
            <Choice units={found} unit={unit} month={month} />
            <Files month={wanted} />
          </div>
          {trips.data ? <Register trips={trips.data.items} caption={`${unit.name} · ${monthName(wanted.year, wanted.month)}`} /> : trips.isPending ? <Skeleton rows={8} kind="row" /> : <Failed error={trips.error} retry={() => void trips.refetch()} />}
        </section>
      )}
    </Frame>
  );
}

function Choice({ units, unit, month }: { units: PublicUnit[]; unit: PublicUnit; month: string }) {
  const t = useText();
  const months = unit.months.map((id) => ({ id, ...monthOf(id) }));
  return (
    <div className="public-choice">
      <Pick label={t('public.unit')} choices={units.map((one) => ({ id: one.id, text: one.name }))} value={unit.id} onChange={(id) => setParams({ unit_id: id, year: null, month: null })} />
      <Pick
        label={t('public.month')}
        choices={months.map((one) => ({ id: one.id, text: monthName(one.year, one.month) }))}
        value={month}
        onChange={(id) => setParams({ unit_id: unit.id, year: String(monthOf(id).year), month: String(monthOf(id).month) })}
      />
    </div>
  );
}

/** The same as files, and as a feed that a reader asks for by itself. */
export function Files({ month }: { month: { unit_id: string; year: number; month: number } }) {
  const t = useText();
  return (
    <p className="public-files">
      <a href={url('/public/trips', { ...month, format: 'csv' })} download>
        CSV
      </a>
      <a href={url('/public/trips', month)}>JSON</a>
      <a href={url('/public/feed', { unit_id: month.unit_id })} type="application/atom+xml">
        {t('public.feed')}
      </a>
    </p>
  );
}

/** Within the console's frame for who is signed in; else a page that stands alone. */
function Frame({ isSignedIn, children }: { isSignedIn: boolean; children: React.ReactNode }) {
  const t = useText();
  const config = useConfig();
  const theme = useTheme();
  const english = language() === 'en';
  const main = (
    <main id="main" tabIndex={-1} className="page devices terminals money public">
      {children}
    </main>
  );
  if (isSignedIn) return main;
  return (
    <div className="public-alone">
      <header className="public-bar">
        <strong>{(english ? config.data?.title_en : config.data?.title_zh) || t('product.title')}</strong>
        <span className="public-bar-end">
          <a href="/login">{t('public.sign_in')}</a>
          <Button look="quiet" onPress={() => setLanguage(english ? 'zh-CN' : 'en')}>
            <span lang={english ? 'zh-CN' : 'en'}>{english ? '中' : 'EN'}</span>
            <span className="visually-hidden">{t('language.switch')}</span>
          </Button>
          <Button look="quiet" icon={theme === 'dark' ? 'sun' : 'moon'} aria-label={t(theme === 'dark' ? 'theme.to_light' : 'theme.to_dark')} onPress={() => setTheme(theme === 'dark' ? 'light' : 'dark')} />
        </span>
      </header>
      {main}
    </div>
  );
}
