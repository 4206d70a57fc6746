/** Enters a sensitive place (登记敏感地点): of which unit and kind, where and how far it reaches. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { figure, pasted, type PlaceList } from './api';
import { SmallMap } from './SmallMap';

export function EnterSheet({ list, onClose, onDone }: { list: PlaceList; onClose: () => void; onDone: (name: string, now: PlaceList) => void }) {
  const t = useText();
  const { session, config } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [form, setForm] = useState({ name: '', class: list.classes[0] ?? '', lon: '', lat: '', radius_m: '100' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const setLon = (value: string) => {
    const both = pasted(value);
    setForm(both ? { ...form, lon: both[0], lat: both[1] } : { ...form, lon: value });
  };
  const [lon, lat, radius] = [figure(form.lon), figure(form.lat), figure(form.radius_m)];
  const isWhole = unit !== null && form.name.trim() !== '' && form.class !== '' && lon !== null && lat !== null && radius !== null;
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const name = form.name.trim();
    // Whole metres: the service takes no parts of them.
    const body = { unit_id: unit.id, name, class: form.class, lon, lat, radius_m: Math.min(65_535, Math.max(0, Math.round(radius))) };
    const now = await change.run((key) => post<PlaceList>('/sensitive-places', body, key));
    if (now) onDone(name, now);
  }
  const draft = lon !== null && lat !== null && Math.abs(lat) < 85 ? { id: 'draft', name: form.name, lon, lat, radius_m: radius ?? 100 } : null;
  return (
    <Sheet title={t('places.enter')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('places.field_name')} value={form.name} onChange={set('name')} error={change.field('name')} autoComplete="off" autoFocus />
        <Pick label={t('places.field_class')} choices={list.classes.map((id) => ({ id, text: id }))} value={form.class} onChange={set('class')} error={change.field('class')} />
        <div className="form-wide">
          <UnitPick label={t('places.field_unit')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        </div>
        <div className="form-wide place-figures">
          <Field label={t('places.field_lon')} inputMode="decimal" value={form.lon} onChange={setLon} error={change.field('lon')} autoComplete="off" />
          <Field label={t('places.field_lat')} inputMode="decimal" value={form.lat} onChange={set('lat')} error={change.field('lat')} autoComplete="off" />
          <Field label={t('places.field_radius')} inputMode="numeric" value={form.radius_m} onChange={set('radius_m')} error={change.field('radius_m')} autoComplete="off" />
        </div>
        <p className="form-wide muted">{t(config.map.layers.length === 0 ? 'places.where_help' : 'places.figures_help')}</p>
        <div className="form-wide">
          <SmallMap places={list.items} draft={draft} height={260} onPlace={(east, north) => setForm({ ...form, lon: String(east), lat: String(north) })} />
        </div>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('places.enter')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
