/** A decision about a unit (机构变动): what it would change is said before it is confirmed. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { type Act, decide, type Decision, type UnitDetail, useEffects, useForget } from './api';
import { type Draft, FactsFields, factsOf, noPapers, PapersFields } from './FactsForm';
import { type Chosen, UnitPick } from './UnitPick';

export function ActSheet({ act, unit, onClose }: { act: Act; unit: UnitDetail; onClose: () => void }) {
  const t = useText();
  const change = useChange();
  const forget = useForget();
  const [papers, setPapers] = useState(noPapers);
  const [target, setTarget] = useState<Chosen | null>(null);
  const [draft, setDraft] = useState<Draft>({
    name: unit.name,
    level: String(unit.level),
    region_code: unit.region_code,
    kind: unit.kind,
    credit_code: unit.credit_code ?? '',
    lon: unit.lon?.toString() ?? '',
    lat: unit.lat?.toString() ?? '',
  });
  const wantsTarget = act === 'move' || act === 'merge';
  const decision: Decision = {
    act,
    ...papers,
    ...(target && wantsTarget ? { target_id: target.id } : {}),
    ...(act === 'change' ? { facts: factsOf(draft) } : {}),
  };
  const isAsked = act === 'close' || (wantsTarget && target !== null);
  const effects = useEffects(unit.id, decision, isAsked && papers.on !== '');
  const told = isAsked ? effects.data : undefined;

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const done = await change.run((key) => decide(unit.id, decision, key));
    if (done === null) return;
    forget();
    onClose();
  }
  return (
    <Sheet title={`${t(`units.do_${act}`)}：${unit.name}`} isOpen onClose={onClose} wide={act === 'change'}>
      <form className="form form-two" onSubmit={submit} noValidate>
        {act === 'change' && <FactsFields draft={draft} onChange={setDraft} change={change} />}
        {wantsTarget && (
          <div className="form-wide">
            <UnitPick label={t(`units.target_${act}`)} value={target} onChange={setTarget} without={unit.id} error={change.field('target_id')} />
          </div>
        )}
        <PapersFields papers={papers} onChange={setPapers} change={change} />
        <div className="form-wide unit-effects" role="status">
          {told && told.refusals.length > 0 && (
            <ul className="notice notice-bad">
              {told.refusals.map((refusal) => (
                <li key={refusal.code}>{refusal.title}</li>
              ))}
            </ul>
          )}
          {told && told.refusals.length === 0 && act !== 'close' && (
            <p className="notice">
              {t(`units.effect_${act}`, { units: number(told.units), vehicles: number(told.vehicles), devices: number(told.devices), accounts: number(told.accounts) })}
              {(told.losing > 0 || told.gaining > 0) && ` ${t('units.effect_scope', { losing: number(told.losing), gaining: number(told.gaining) })}`}
            </p>
          )}
          {told && told.refusals.length === 0 && act === 'close' && <p className="notice">{t('units.effect_close')}</p>}
        </div>
        <div className="form-wide" role="alert">
          {(change.error || change.field('act')) && <p className="notice notice-bad">{change.error || change.field('act')}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || (wantsTarget && !target) || (told?.refusals.length ?? 0) > 0}>
            {t(`units.confirm_${act}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
