/** A new unit below another (新设单位). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import { found, type UnitDetail, useForget } from './api';
import { type Draft, FactsFields, factsOf, noPapers, PapersFields } from './FactsForm';

export function FoundSheet({ above, onClose, onMade }: { above: UnitDetail; onClose: () => void; onMade: (id: string) => void }) {
  const t = useText();
  const change = useChange();
  const forget = useForget();
  const [papers, setPapers] = useState(noPapers);
  const [draft, setDraft] = useState<Draft>({ name: '', level: String(above.level), region_code: above.region_code, kind: 'department', credit_code: '', lon: '', lat: '' });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => found({ parent_id: above.id, facts: factsOf(draft), ...papers }, key));
    if (made === null) return;
    forget();
    onMade(made.id);
  }
  return (
    <Sheet title={t('units.found_below', { name: above.name })} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <FactsFields draft={draft} onChange={setDraft} change={change} />
        <PapersFields papers={papers} onChange={setPapers} change={change} />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || draft.name.trim() === ''}>
            {t('units.confirm_found')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
