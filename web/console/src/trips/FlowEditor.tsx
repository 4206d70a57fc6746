/** Draws a flow (绘制流程): its conditions and its 1 to 5 steps, added, moved and removed by mouse or keys. */

import { useRef, useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useText } from '../i18n';
import { Button, Field, Pick } from '../ui/kit';
import { type FlowForm, MOST_STEPS, moved, newStep, SIGNERS, wrong } from './flow';
import type { Flow, FlowStep, Signer } from './types';
import { Pills, Tick } from './Pills';

const CATEGORIES = ['confidential_courier', 'emergency_support', 'law_enforcement', 'special_technical', 'retired_cadre_service', 'other'];

export function FlowEditor({ first, onClose, onDone }: { first: FlowForm; onClose: () => void; onDone: (name: string) => void }) {
  const t = useText();
  const units = useUnits();
  const change = useChange();
  const [form, setForm] = useState(first);
  const [dragged, setDragged] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const faults = wrong(form);
  const when = (part: Partial<FlowForm['when']>) => setForm({ ...form, when: { ...form.when, ...part } });
  const setStep = (index: number, part: Partial<FlowStep>) => setForm({ ...form, steps: form.steps.map((step, at) => (at === index ? { ...step, ...part } : step)) });
  const move = (from: number, to: number) => {
    if (to < 0 || to >= form.steps.length) return;
    setForm({ ...form, steps: moved(form.steps, from, to) });
    // The keys go on with the step that was moved.
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('.flow-edit')[to]?.focus());
  };
  const amount = (text: string, factor: number) => (text.trim() === '' || !Number.isFinite(Number(text)) ? null : Math.round(Number(text) * factor));

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (faults.length > 0) return;
    const { unit_id, name, rank, when, steps } = form;
    const body = { unit_id, name: name.trim(), rank, when, steps: steps.map((step) => ({ ...step, name: step.name.trim() })) };
    if (await change.run((key) => post<Flow>('/approval-flows', body, key))) onDone(body.name);
  }
  return (
    <form className="table-card flow-editor" aria-label={t('flows.editor')} onSubmit={(event) => void submit(event)} noValidate>
      <div className="form form-two">
        <Field label={t('flows.name')} value={form.name} onChange={(name) => setForm({ ...form, name })} error={change.field('name')} maxLength={40} autoComplete="off" autoFocus />
        <Pick label={t('flows.unit')} choices={(units.data?.items ?? []).map((one) => ({ id: one.id, text: one.name }))} value={form.unit_id} onChange={(unit_id) => setForm({ ...form, unit_id })} error={change.field('unit_id')} />
        <label className="field">
          <span>{t('flows.rank')}</span>
          <input className="input" type="number" min={1} max={99} value={form.rank} onChange={(event) => setForm({ ...form, rank: Math.min(99, Math.max(1, Math.trunc(Number(event.target.value)) || 1)) })} />
          <span className="field-help">{t('flows.rank_help')}</span>
        </label>
        <Pills
          label={t('flows.day')}
          pills={['any', 'holiday', 'workday'].map((id) => ({ id, text: t(`flows.day_${id}`) }))}
          value={form.when.on_holiday === null ? 'any' : form.when.on_holiday ? 'holiday' : 'workday'}
          onChange={(id) => when({ on_holiday: id === 'any' ? null : id === 'holiday' })}
        />
        <label className="field">
          <span>{t('flows.at_least_km')}</span>
          <input className="input" type="number" min={0} step="any" value={form.when.at_least_m === null ? '' : form.when.at_least_m / 1000} onChange={(event) => when({ at_least_m: amount(event.target.value, 1000) })} />
        </label>
        <label className="field">
          <span>{t('flows.at_least_yuan')}</span>
          <input className="input" type="number" min={0} step="any" value={form.when.at_least_fen === null ? '' : form.when.at_least_fen / 100} onChange={(event) => when({ at_least_fen: amount(event.target.value, 100) })} />
        </label>
        <fieldset className="form-wide flow-categories">
          <legend>{t('flows.categories')}</legend>
          {CATEGORIES.map((name) => (
            <Tick key={name} label={t(`category.${name}`)} value={form.when.categories.includes(name)} onChange={(on) => when({ categories: on ? [...form.when.categories, name] : form.when.categories.filter((one) => one !== name) })} />
          ))}
        </fieldset>
      </div>
      <h2 className="trip-small">{t('flows.steps', { n: form.steps.length })}</h2>
      <ol ref={list} className="flow-line flow-line-edit">
        {form.steps.map((step, index) => (
          <li
            key={index}
            className="flow-edit"
            tabIndex={-1}
            data-dragged={dragged === index || undefined}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              setDragged(index);
            }}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) move(dragged, index);
              setDragged(null);
            }}
          >
            <StepNode step={step} index={index} count={form.steps.length} isWrong={(name) => faults.includes(`steps.${index}.${name}`)} onChange={(part) => setStep(index, part)} onMove={(by) => move(index, index + by)} onRemove={() => setForm({ ...form, steps: form.steps.filter((_, at) => at !== index) })} />
          </li>
        ))}
        {form.steps.length < MOST_STEPS && (
          <li className="flow-add">
            <Button icon="plus" onPress={() => setForm({ ...form, steps: [...form.steps, newStep(t('flows.step_name', { n: form.steps.length + 1 }))] })}>
              {t('flows.add_step')}
            </Button>
          </li>
        )}
      </ol>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" type="submit" isDisabled={change.busy || faults.length > 0}>
          {t('flows.save')}
        </Button>
      </footer>
    </form>
  );
}

interface StepProps {
  step: FlowStep;
  index: number;
  count: number;
  isWrong: (name: string) => boolean;
  onChange: (part: Partial<FlowStep>) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function StepNode({ step, index, count, isWrong, onChange, onMove, onRemove }: StepProps) {
  const t = useText();
  const n = index + 1;
  return (
    <fieldset
      className="flow-node"
      onKeyDown={(event) => {
        if (!event.altKey) return;
        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        onMove(by);
      }}
    >
      <legend className="visually-hidden">{t('flows.step_name', { n })}</legend>
      <div className="flow-node-head">
        <span className="flow-number num" aria-hidden="true">
          {n}
        </span>
        <Button look="quiet" icon="left" aria-label={t('flows.earlier', { n })} isDisabled={index === 0} onPress={() => onMove(-1)} />
        <Button look="quiet" icon="right" aria-label={t('flows.later', { n })} isDisabled={index === count - 1} onPress={() => onMove(1)} />
        <Button look="quiet" icon="close" aria-label={t('flows.remove', { n })} isDisabled={count === 1} onPress={onRemove} />
      </div>
      <Field label={t('flows.step_label')} value={step.name} onChange={(name) => onChange({ name })} error={isWrong('name') ? t('flows.name_wrong') : undefined} maxLength={40} autoComplete="off" />
      <Pick label={t('flows.signer')} choices={SIGNERS.map((id) => ({ id, text: t(`flows.signer_${id}`) }))} value={step.signer} onChange={(signer) => onChange({ signer: signer as Signer })} />
      <label className="field">
        <span>{t('flows.escalate')}</span>
        <input
          className="input"
          type="number"
          min={1}
          max={43_200}
          value={step.escalate_after_minutes ?? ''}
          placeholder={t('flows.never')}
          aria-invalid={isWrong('escalate') || undefined}
          onChange={(event) => onChange({ escalate_after_minutes: event.target.value === '' ? null : Number(event.target.value) })}
        />
      </label>
    </fieldset>
  );
}
