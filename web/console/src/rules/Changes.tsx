/** Proposals (变更审批): what waits for a second pair of eyes first, then what was decided. */

import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/client';
import type { Items } from '../api/types';
import { useChange } from '../admin/use-change';
import { language, useText } from '../i18n';
import { dateTime, dayName } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Change, type ChangeAction, preview, type Rule, type Shape, useRulesChanged } from './api';
import { EffectView } from './EffectView';
import { brief } from './value';

export function Changes({ changes, rules }: { changes: UseQueryResult<Items<Change>>; rules: Rule[] }) {
  const t = useText();
  const [decided, setDecided] = useState<{ change: Change; shape: Shape } | null>(null);
  if (changes.isPending) return <Skeleton rows={5} kind="row" />;
  if (changes.isError) return <Failed error={changes.error} retry={() => void changes.refetch()} />;
  if (changes.data.items.length === 0) return <Empty title={t('rules.no_changes')} />;
  return (
    <>
      <ul className="rule-changes">
        {changes.data.items.map((change) => {
          const shape = rules.find((rule) => rule.key === change.key)?.shape;
          return (
            <li key={change.id} className="rule-change" data-state={change.state}>
              <header>
                <h2>{language() === 'en' ? change.title_en : change.title_zh}</h2>
                <span className={`state change-${change.state}`}>{t(`rules.state.${change.state}`)}</span>
              </header>
              <p>
                <strong className="num">{change.value === null ? t('rules.as_above') : shape ? brief(change.value, shape) : ''}</strong> · {change.unit_name} ·{' '}
                <span className="num">{t('rules.since', { day: dayName(change.from) })}</span>
              </p>
              <p className="muted">
                {change.source}
                {change.document && ` · ${change.document}`} · {change.reason}
              </p>
              <p className="muted">
                {t('rules.proposed', { by: change.proposed_by, at: dateTime(change.proposed_at) })}
                {change.decided_by && ` · ${t('rules.decided', { by: change.decided_by, at: dateTime(change.decided_at) })}`}
                {change.opinion && ` · ${change.opinion}`}
              </p>
              {shape && change.actions.length > 0 && (
                <footer>
                  <Button look={change.actions.includes('approve') ? 'primary' : 'plain'} onPress={() => setDecided({ change, shape })}>
                    {t(change.actions.includes('approve') ? 'rules.look_and_decide' : 'rules.look')}
                  </Button>
                </footer>
              )}
            </li>
          );
        })}
      </ul>
      {decided && <DecideSheet change={decided.change} shape={decided.shape} onClose={() => setDecided(null)} />}
    </>
  );
}

/** What would happen, asked anew, and what the reader may do about it. */
function DecideSheet({ change, shape, onClose }: { change: Change; shape: Shape; onClose: () => void }) {
  const t = useText();
  const sending = useChange();
  const changed = useRulesChanged();
  const [opinion, setOpinion] = useState('');
  const { key, unit_id, from, value, document } = change;
  const effect = useQuery({ queryKey: ['rules', 'preview', change.id], queryFn: () => preview({ key, unit_id, from, value, document }), staleTime: 0 });
  const step = async (action: ChangeAction) => {
    if (await sending.run((attempt) => post<Change>(`/rules/changes/${change.id}/steps`, { action, opinion: opinion.trim() }, attempt))) {
      changed();
      onClose();
    }
  };
  const decides = change.actions.includes('approve');
  return (
    <Sheet title={language() === 'en' ? change.title_en : change.title_zh} isOpen onClose={onClose} wide>
      <p>
        {change.unit_name} · <span className="num">{t('rules.since', { day: dayName(change.from) })}</span> · {change.source}
        {change.document && ` · ${change.document}`}
      </p>
      {effect.data ? <EffectView effect={effect.data} shape={shape} /> : effect.isError ? <Failed error={effect.error} retry={() => void effect.refetch()} /> : <Skeleton rows={3} />}
      {decides && <Field label={t('rules.opinion')} value={opinion} onChange={setOpinion} error={sending.field('opinion')} autoComplete="off" />}
      <div role="alert">{(sending.error || sending.field('value')) && <p className="notice notice-bad">{sending.error || sending.field('value')}</p>}</div>
      <footer className="dialog-foot">
        {change.actions.map((action) => (
          <Button key={action} look={action === 'approve' || action === 'submit' ? 'primary' : 'plain'} isDisabled={sending.busy || !effect.data} onPress={() => void step(action)}>
            {t(`rules.action.${action}`)}
          </Button>
        ))}
      </footer>
    </Sheet>
  );
}
