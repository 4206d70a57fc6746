/** The part of the command form that depends on the kind: a text, seconds, parameters with their units and ranges. */

import { useState } from 'react';
import { language, useText } from '../i18n';
import { Button, Field, Pick } from '../ui/kit';
import { type Parameter, useTerminalOptions } from './api';

type Args = Record<string, unknown>;
interface ArgsProps {
  kind: string;
  args: Args;
  onChange: (next: Args) => void;
  error: (field: string) => string | undefined;
}

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];
const MOST_USED = ['default_interval_s', 'heartbeat_interval_s', 'sleep_interval_s', 'max_speed_kmh'];

export function ArgsForm({ kind, args, onChange, error }: ArgsProps) {
  const t = useText();
  const number = (name: string, label: string) => (
    <Field label={label} inputMode="numeric" value={args[name] === undefined ? '' : String(args[name])} onChange={(text) => onChange({ ...args, [name]: text === '' ? undefined : Number(text) })} error={error(name)} autoComplete="off" />
  );
  if (kind === 'text') {
    return (
      <>
        <label className="field" data-invalid={error('text') ? true : undefined}>
          <span>{t('command.text_label')}</span>
          <textarea className="input ask-text" rows={3} value={String(args.text ?? '')} onChange={(event) => onChange({ ...args, text: event.target.value })} />
          {error('text') && <span className="field-error">{error('text')}</span>}
        </label>
        <div className="ask-checks">
          {['on_display', 'by_voice', 'is_urgent'].map((name) => (
            <label key={name}>
              <input type="checkbox" checked={args[name] === true} onChange={(event) => onChange({ ...args, [name]: event.target.checked })} /> {t(`command.${name}`)}
            </label>
          ))}
        </div>
      </>
    );
  }
  if (kind === 'report_interval') return number('seconds', t('command.seconds'));
  if (kind === 'track') {
    return (
      <div className="form form-two">
        {number('interval_s', t('command.interval_s'))}
        {number('for_s', t('command.for_s'))}
      </div>
    );
  }
  if (kind === 'log_level') return <Pick label={t('command.level')} choices={LEVELS.map((id) => ({ id, text: id }))} value={typeof args.level === 'string' ? args.level : null} placeholder={t('vehicle.choose')} onChange={(level) => onChange({ level })} error={error('level')} />;
  if (kind === 'set_parameters') return <Parameters values={(args.values as Args | undefined) ?? {}} onChange={(values) => onChange({ values })} error={error} />;
  return null;
}

/** Parameters by name; each with its unit and range, and what is wrong with it beside it. */
function Parameters({ values, onChange, error }: { values: Args; onChange: (values: Args) => void; error: (field: string) => string | undefined }) {
  const t = useText();
  const options = useTerminalOptions();
  const [chosen, setChosen] = useState<string[]>(['default_interval_s']);
  const all = options.data?.parameters ?? [];
  const name = (parameter: Parameter) => (language() === 'en' ? parameter.name_en : parameter.name_zh);
  const left = all.filter((parameter) => !chosen.includes(parameter.key)).sort((a, b) => MOST_USED.indexOf(b.key) - MOST_USED.indexOf(a.key) || a.id - b.id);
  const range = (parameter: Parameter) => (parameter.min !== null && parameter.max !== null ? t('command.range', { min: parameter.min, max: parameter.max, unit: parameter.unit }) : t(`command.kind_${parameter.kind}`));
  const set = (parameter: Parameter, text: string) => {
    const next = { ...values };
    if (text === '') delete next[parameter.key];
    else next[parameter.key] = parameter.kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    onChange(next);
  };
  return (
    <fieldset className="form parameters">
      <legend className="visually-hidden">{t('command.set_parameters')}</legend>
      {chosen.map((key) => {
        const parameter = all.find((one) => one.key === key);
        if (!parameter) return null;
        return (
          <div key={key} className="parameter">
            <Field label={`${name(parameter)}${parameter.unit ? ` (${parameter.unit})` : ''}`} help={range(parameter)} value={values[key] === undefined ? '' : String(values[key])} onChange={(text) => set(parameter, text)} error={error(key)} autoComplete="off" />
            <Button
              look="quiet"
              icon="close"
              aria-label={`${t('command.drop_parameter')} ${name(parameter)}`}
              onPress={() => {
                setChosen(chosen.filter((one) => one !== key));
                set(parameter, '');
              }}
            />
          </div>
        );
      })}
      <Pick label={t('command.add_parameter')} choices={left.map((parameter) => ({ id: parameter.key, text: `0x${parameter.id.toString(16).padStart(4, '0').toUpperCase()} ${name(parameter)}` }))} value={null} placeholder={t('vehicle.choose')} onChange={(key) => key && setChosen([...chosen, key])} error={error('values')} />
    </fieldset>
  );
}
