/** Who rides (乘车人): as many as there are, named as far as one names them. */

import { useText } from '../i18n';
import { Button } from '../ui/kit';
import type { Passenger } from './types';

export function People({ people, onChange }: { people: Passenger[]; onChange: (next: Passenger[]) => void }) {
  const t = useText();
  const change = (index: number, part: Partial<Passenger>) => onChange(people.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <fieldset className="people">
      <legend>{t('apply.passengers')}</legend>
      {people.map((one, index) => (
        // The list is only ever changed at its end and by its own buttons.
        <div key={index} className="people-line">
          <input className="input" value={one.name} maxLength={60} autoComplete="off" placeholder={t('apply.name')} aria-label={t('apply.name_of', { n: index + 1 })} onChange={(event) => change(index, { name: event.target.value })} />
          <input className="input" type="tel" value={one.phone} maxLength={20} autoComplete="off" placeholder={t('apply.phone')} aria-label={t('apply.phone_of', { n: index + 1 })} onChange={(event) => change(index, { phone: event.target.value })} />
          <Button look="quiet" icon="close" aria-label={t('apply.remove_person', { n: index + 1 })} onPress={() => onChange(people.filter((_, at) => at !== index))} />
        </div>
      ))}
      <Button icon="plus" isDisabled={people.length >= 60} onPress={() => onChange([...people, { name: '', phone: '' }])}>
        {t('apply.add_person')}
      </Button>
    </fieldset>
  );
}
