/** Ways with a name (固定路线): those there are, a new one, and one taken out of use. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post } from '../../api/client';
import { useText } from '../../i18n';
import { Button, Field, Pick, Sheet } from '../../ui/kit';
import { useOptions } from '../api';
import { type Place, type Route, useRoutes } from './api';
import { PlacePick } from './PlacePick';

export function RouteSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const options = useOptions();
  const routes = useRoutes();
  const change = useChange();
  const [unit, setUnit] = useState('');
  const [form, setForm] = useState<{ name: string; from: Place | null; to: Place | null; isRoundTrip: boolean }>({ name: '', from: null, to: null, isRoundTrip: true });
  const units = options.data?.units ?? [];
  const recent = options.data?.places ?? [];
  const whose = unit || (units[0]?.id ?? '');
  const again = () => queries.invalidateQueries({ queryKey: ['plans', 'routes'] });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = { unit_id: whose, name: form.name, from: form.from, to: form.to, stops: [], is_round_trip: form.isRoundTrip };
    if (await change.run((key) => post<Route>('/trip-routes', body, key))) {
      setForm({ name: '', from: null, to: null, isRoundTrip: true });
      await again();
    }
  }
  async function retire(route: Route) {
    await change.run((key) => post(`/trip-routes/${route.id}/retirement`, {}, key).then(() => true));
    await again();
  }
  return (
    <Sheet title={t('plans.routes')} isOpen onClose={onClose} wide>
      <ul className="plan-routes" aria-label={t('plans.routes')}>
        {(routes.data?.items ?? []).map((route) => (
          <li key={route.id}>
            <span>
              <strong>{route.name}</strong> {[route.from, ...route.stops, route.to].map((place) => place.name).join(' → ')}
            </span>
            <Button look="quiet" isDisabled={change.busy} onPress={() => void retire(route)}>
              {t('plans.retire')}
              <span className="visually-hidden"> {route.name}</span>
            </Button>
          </li>
        ))}
      </ul>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('plans.route_name')} value={form.name} onChange={(name) => setForm({ ...form, name })} error={change.field('name')} maxLength={60} autoComplete="off" />
        <Pick label={t('plans.field_unit')} choices={units.map((one) => ({ id: one.id, text: one.name }))} value={whose} onChange={setUnit} error={change.field('unit_id')} />
        <PlacePick label={t('plans.field_from')} value={form.from} recent={recent} onChange={(from) => setForm((now) => ({ ...now, from }))} error={change.field('from')} />
        <PlacePick label={t('plans.field_to')} value={form.to} recent={recent} onChange={(to) => setForm((now) => ({ ...now, to }))} error={change.field('to')} />
        <label className="plan-check form-wide">
          <input type="checkbox" checked={form.isRoundTrip} onChange={(event) => setForm({ ...form, isRoundTrip: event.target.checked })} /> {t('plans.field_round_trip')}
        </label>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('plans.close')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || form.from === null || form.to === null}>
            {t('plans.route_make')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
