/** Proposes another value (提出变更): for whom, from when, what, by which document; seen before it is handed in. */

import { useState } from 'react';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useChange } from '../admin/use-change';
import { language, useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Change, type Effect, preview, type Rule, type Thought, useRulesChanged, type Value } from './api';
import { EffectView } from './EffectView';
import { ValueEditor } from './ValueEditor';

interface Props {
  rule: Rule;
  unit: string;
  onClose: () => void;
  onDone: () => void;
}

/** Today in Beijing. */
function today(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
}

export function ProposeSheet({ rule, unit: first, onClose, onDone }: Props) {
  const t = useText();
  const change = useChange();
  const units = useUnits();
  const changed = useRulesChanged();
  const isCalendar = rule.key === 'calendar_days';
  const [unit, setUnit] = useState(first);
  const [from, setFrom] = useState(isCalendar ? `${Number(today().slice(0, 4)) + 1}-01-01` : today());
  const [value, setValue] = useState<Value>(isCalendar ? [] : rule.value);
  const [asAbove, setAsAbove] = useState(false);
  const [source, setSource] = useState('');
  const [document, setDocument] = useState('');
  const [reason, setReason] = useState('');
  const [seen, setSeen] = useState<{ effect: Effect; thought: string } | null>(null);
  const isTop = units.data?.items.find((each) => each.id === unit)?.parent_id == null;

  const thought: Thought = { key: rule.key, unit_id: unit, from, value: asAbove && !isTop ? null : value, document: document.trim() || null };
  const isSeen = seen?.thought === JSON.stringify(thought);
  const look = async () => {
    const effect = await change.run(() => preview(thought));
    if (effect) setSeen({ effect, thought: JSON.stringify(thought) });
  };
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isSeen) return void look();
    const body = { ...thought, source: source.trim(), reason: reason.trim(), submit: true };
    if (await change.run((key) => post<Change>('/rules/changes', body, key))) {
      changed();
      onDone();
    }
  }
  return (
    <Sheet title={t('rules.propose_title', { title: language() === 'en' ? rule.title_en : rule.title_zh })} isOpen onClose={onClose} wide firm>
      <form className="form form-two" onSubmit={(event) => void submit(event)} noValidate>
        <Pick label={t('rules.unit')} choices={(units.data?.items ?? []).map((each) => ({ id: each.id, text: each.name }))} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <label className="field">
          <span>{t('rules.from')}</span>
          <input className="input" type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
          <span className="field-help">{t(from < today() ? 'rules.from_past' : 'rules.from_help')}</span>
        </label>
        <div className="form-wide">
          {!isTop && (
            <label className="bind-choice">
              <input type="checkbox" checked={asAbove} onChange={(event) => setAsAbove(event.target.checked)} />
              {t('rules.take_back')}
            </label>
          )}
          {!(asAbove && !isTop) && <ValueEditor shape={rule.shape} value={value} onChange={setValue} error={change.field('value')} />}
          <p className="field-help">{isTop ? t('rules.top_help') : t(`rules.local.${rule.local}`)}</p>
        </div>
        <div className="form-wide">
          <Field label={t('rules.source')} help={t('rules.source_help')} value={source} onChange={setSource} error={change.field('source')} autoComplete="off" />
        </div>
        <Field label={t('rules.document')} value={document} onChange={setDocument} error={change.field('document')} autoComplete="off" />
        <Field label={t('rules.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        {seen && isSeen && (
          <div className="form-wide">
            <EffectView effect={seen.effect} shape={rule.shape} />
          </div>
        )}
        <div role="alert" className="form-wide">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look={isSeen ? 'plain' : 'primary'} isDisabled={change.busy || !unit || !from} onPress={() => void look()}>
            {t('rules.preview')}
          </Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isSeen || seen.effect.wrong.length > 0 || !source.trim() || !reason.trim()}>
            {t('rules.submit')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
