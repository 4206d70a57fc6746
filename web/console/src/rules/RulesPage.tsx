/** Rules and standards (规则与标准): the register by chapter, the proposals, and the calendar of a year. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/rules.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useUnits } from '../api/queries';
import { go, usePlace } from '../app/route';
import { language, useText } from '../i18n';
import { dayName, NONE } from '../ui/format';
import { Icon } from '../ui/icon';
import { Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Asked, type Rule, useChanges, useRules } from './api';
import { Changes } from './Changes';
import { ProposeSheet } from './ProposeSheet';
import { RuleSheet } from './RuleSheet';
import { brief } from './value';
import { YearCalendar } from './YearCalendar';

const TABS = ['register', 'changes', 'calendar'] as const;
type Tab = (typeof TABS)[number];

export default function RulesPage() {
  const t = useText();
  const { params } = usePlace();
  const [asked, setAsked] = useState<Asked>({ unit: '', on: '' });
  const units = useUnits();
  const rules = useRules(asked);
  const changes = useChanges();
  const [thought, setThought] = useState<Rule | null>(null);
  const tab = (TABS as readonly string[]).includes(params.get('tab') ?? '') ? (params.get('tab') as Tab) : 'register';
  const chosen = params.get('rule');
  const waiting = changes.data?.items.filter((change) => change.state === 'submitted').length ?? 0;
  const place = (next: Record<string, string | null>) => {
    const search = new URLSearchParams(params);
    for (const [key, value] of Object.entries(next)) value ? search.set(key, value) : search.delete(key);
    const text = search.toString();
    go(`/rules${text ? `?${text}` : ''}`);
  };
  const byKeys = (event: React.KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]!;
    place({ tab: next === 'register' ? null : next });
    document.getElementById(`rules-tab-${next}`)?.focus();
  };

  return (
    <main id="main" tabIndex={-1} className="page devices rules">
      <header className="page-head">
        <div>
          <h1>{t('rules.title')}</h1>
          <p className="muted">{t('rules.lead')}</p>
        </div>
        <div className="rules-asked">
          <Pick
            label={t('rules.unit')}
            choices={(units.data?.items ?? []).map((unit) => ({ id: unit.id, text: unit.name }))}
            value={asked.unit || (rules.data?.unit_id ?? null)}
            placeholder={NONE}
            onChange={(unit) => setAsked({ ...asked, unit })}
          />
          <label className="field">
            <span>{t('rules.on')}</span>
            <input className="input" type="date" value={asked.on || (rules.data?.on ?? '')} onChange={(event) => setAsked({ ...asked, on: event.target.value })} />
          </label>
        </div>
      </header>
      {rules.isError && rules.error instanceof ApiError && rules.error.status === 403 ? (
        <Empty title={t('rules.forbidden')} />
      ) : (
        <>
          <div className="tabs rules-tabs" role="tablist" aria-label={t('rules.title')} onKeyDown={byKeys}>
            {TABS.map((each) => (
              <button key={each} id={`rules-tab-${each}`} type="button" role="tab" className="tab" aria-selected={tab === each} aria-controls="rules-panel" tabIndex={tab === each ? 0 : -1} onClick={() => place({ tab: each === 'register' ? null : each })}>
                {t(`rules.tab_${each}`)}
                {each === 'changes' && waiting > 0 && <span className="tab-count num">{waiting}</span>}
              </button>
            ))}
          </div>
          <div id="rules-panel" role="tabpanel" aria-labelledby={`rules-tab-${tab}`}>
            {tab === 'changes' ? (
              <Changes changes={changes} rules={rules.data?.items ?? []} />
            ) : tab === 'calendar' ? (
              <YearCalendar unit={asked.unit} onPropose={rules.data?.may_propose ? () => setThought(rules.data.items.find((rule) => rule.key === 'calendar_days') ?? null) : null} />
            ) : rules.isPending ? (
              <Skeleton rows={8} kind="row" />
            ) : rules.isError ? (
              <Failed error={rules.error} retry={() => void rules.refetch()} />
            ) : (
              <Register rules={rules.data.items} onChoose={(rule) => place({ rule: rule.key })} />
            )}
          </div>
        </>
      )}
      {chosen && rules.data?.items.some((rule) => rule.key === chosen) && !thought && (
        <RuleSheet ruleKey={chosen} asked={asked} onClose={() => place({ rule: null })} onPropose={rules.data.may_propose ? setThought : null} />
      )}
      {thought && rules.data && (
        <ProposeSheet
          rule={thought}
          unit={asked.unit || rules.data.unit_id}
          onClose={() => setThought(null)}
          onDone={() => {
            setThought(null);
            place({ rule: null, tab: 'changes' });
          }}
        />
      )}
    </main>
  );
}

function Register({ rules, onChoose }: { rules: Rule[]; onChoose: (rule: Rule) => void }) {
  const t = useText();
  const english = language() === 'en';
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = rules.filter((rule) => [rule.title_zh, rule.title_en, rule.key, rule.version?.source ?? '', ...rule.features].some((part) => part.toLowerCase().includes(wanted)));
  const chapters = [...new Set(shown.map((rule) => rule.chapter))];
  return (
    <>
      <div className="search rules-search">
        <Icon name="search" size={16} />
        <input className="search-input" type="search" value={text} placeholder={t('rules.search')} aria-label={t('rules.search')} onChange={(event) => setText(event.target.value)} />
      </div>
      {shown.length === 0 && <Empty title={t('rules.none')} />}
      {chapters.map((chapter) => (
        <section key={chapter} className="table-card rules-chapter" aria-labelledby={`chapter-${chapter}`}>
          <h2 id={`chapter-${chapter}`}>{t(`rules.chapter.${chapter}`)}</h2>
          <ul className="rule-rows">
            {shown
              .filter((rule) => rule.chapter === chapter)
              .map((rule) => (
                <li key={rule.key}>
                  <button type="button" className="rule-row" onClick={() => onChoose(rule)}>
                    <span className="rule-title">
                      <strong>{english ? rule.title_en : rule.title_zh}</strong>
                      {rule.reader === 'gateway' && <span className="tag">{t('rules.reader_short.gateway')}</span>}
                    </span>
                    <span className="rule-value num">{brief(rule.value, rule.shape)}</span>
                    <span className="rule-scope">{rule.version?.unit_name ?? t('rules.builtin')}</span>
                    <span className="rule-from num">{rule.version ? t('rules.since', { day: dayName(rule.version.from) }) : NONE}</span>
                    <span className="rule-source muted">{rule.version?.source ?? NONE}</span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
