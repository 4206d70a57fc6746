/** The request sheet beside the map (用车申请): why, from where to where, when, how many; checked while it is written. */

import { useEffect, useMemo, useRef, useState } from 'react';
import { useChange } from '../admin/use-change';
import { setParams } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { act, ask, correct, readRequest, useCheck, useOptions, useTripsChanged } from './api';
import { CheckView, Notes } from './CheckView';
import { again, beginAt, type Draft, type Form, hoursOf, isPlaced, isOthersFleet, keep, kept, lastFor, missing, newForm, noticesAt, NOWHERE, ofRequest, wishOf } from './form';
import { MoreFields } from './MoreFields';
import { type Mark, useDrawn } from './on-map';
import { Pills, Tick } from './Pills';
import { PlaceField } from './PlaceField';
import type { Options, TripRequest } from './types';
import { usePicking } from './use-picking';
import { useSettled } from './use-settled';
import { firstBegin, HOURS, toLocal } from './when';

interface ApplyProps {
  /** A draft that is written on. */
  draft: string | null;
  /** A request that is asked for again. */
  copied: string | null;
  onSay: (words: string) => void;
}

export function ApplyPanel({ draft, copied, onSay }: ApplyProps) {
  const t = useText();
  const options = useOptions();
  const model = draft ?? copied;
  const [found, setFound] = useState<{ id: string; request: TripRequest } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    if (model === null) return;
    setFailure(null);
    // Read once: what is written since is not overwritten by what comes later.
    readRequest(model).then((request) => setFound({ id: model, request }), setFailure);
  }, [model]);

  if (options.isError) return <Failed error={options.error} retry={() => void options.refetch()} />;
  if (failure) return <Failed error={failure} />;
  if (!options.data || (model !== null && found?.id !== model)) return <Skeleton rows={8} kind="row" />;
  if (options.data.units.length === 0) {
    return (
      <Empty title={t('apply.no_unit')}>
        <p>{t('apply.no_unit_help')}</p>
      </Empty>
    );
  }
  return <Sheet key={model ?? 'new'} options={options.data} draft={draft} model={model === null ? null : found!.request} onSay={onSay} />;
}

type Field = 'from' | 'to' | number;

function Sheet({ options, draft, model, onSay }: { options: Options; draft: string | null; model: TripRequest | null; onSay: (words: string) => void }) {
  const t = useText();
  const { session } = useServices();
  const account = session.account.id;
  const changed = useTripsChanged();
  const change = useChange();
  const [form, setForm] = useState<Form>(() => {
    if (model) return draft ? ofRequest(model) : again(model, Date.now());
    return kept(account, Date.now()) ?? newForm(options, Date.now());
  });
  const [picking, setPicking] = useState<Field | null>(() => (isPlaced(form.from) ? (isPlaced(form.to) ? null : 'to') : 'from'));
  const [tried, setTried] = useState(false);
  const sheet = useRef<HTMLFormElement>(null);
  const set = (part: Partial<Form>) => setForm((now) => ({ ...now, ...part }));

  const wish = useMemo(() => wishOf(form), [form]);
  const settled = useSettled(wish, 400);
  const check = useCheck(settled);
  const checked = settled === null ? undefined : check.data;
  const chosen = options.reasons.find((line) => line.reason === form.reason);
  const isRefused = chosen?.is_allowed === false || (settled === wish && checked?.notices.some((notice) => notice.is_refusal));

  useEffect(() => {
    if (draft === null) keep(account, form);
  }, [account, form, draft]);

  const placeIn = (field: Field, place: Draft) => {
    setForm((now) => (typeof field === 'number' ? { ...now, stops: now.stops.map((stop, at) => (at === field ? place : stop)) } : { ...now, [field]: place }));
    // One click after the other: from, then to.
    if (place.lon !== null) setPicking(field === 'from' && !isPlaced(form.to) ? 'to' : null);
  };
  const { center } = usePicking((place) => picking !== null && placeIn(picking, place));
  useTripMarks(form);

  const lacks = missing(form);
  const lacking = (name: string) => (tried && lacks.includes(name) ? t('apply.missing') : undefined);
  const notes = (field: string) => <Notes notices={noticesAt(checked, field)} error={change.field(field) ?? lacking(field)} />;
  const placeField = (field: Field, label: string, value: Draft) => ({
    label, value, recent: options.places, isPicking: picking === field, onCenter: center,
    onChange: (place: Draft) => placeIn(field, place),
    onPick: (on: boolean) => setPicking(on ? field : null),
  });

  async function send(submit: boolean) {
    setTried(true);
    if (!wish) {
      sheet.current?.querySelector<HTMLElement>('.note-bad')?.scrollIntoView({ block: 'center' });
      return;
    }
    const request = await change.run(async (key) => {
      if (draft === null) return ask(wish, submit, key);
      const corrected = await correct(draft, wish);
      return submit ? act(draft, { action: 'submit' }) : corrected;
    });
    if (!request) return;
    keep(account, null);
    void changed();
    onSay(t(submit ? 'apply.sent' : 'apply.saved', { number: request.number }));
    setParams({ panel: 'mine', id: request.id, copy: null });
  }

  // From wherever the keys are: the button that opened the sheet may be gone.
  const sending = useRef<() => void>(() => {});
  useEffect(() => {
    sending.current = () => void (!isRefused && !change.busy && send(true));
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      sending.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const hours = hoursOf(form);
  return (
    <form
      ref={sheet}
      className="apply"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(true);
      }}
    >
      <div className="apply-body" tabIndex={0} role="group" aria-label={t('apply.title')}>
        <Pills label={t('apply.reason')} pills={options.reasons.filter((line) => line.is_allowed).map((line) => ({ id: line.reason, text: line.reason }))} value={form.reason} onChange={(reason) => set({ reason })} />
        <details className="apply-barred">
          <summary>{t('apply.barred', { n: options.reasons.filter((line) => !line.is_allowed).length })}</summary>
          <Pills label={t('apply.barred_label')} quiet pills={options.reasons.filter((line) => !line.is_allowed).map((line) => ({ id: line.reason, text: line.reason, isBarred: true }))} value={form.reason} onChange={(reason) => set({ reason })} />
        </details>
        {chosen && !chosen.is_allowed ? (
          <p className="notice notice-bad" role="alert">
            {t('apply.forbidden')} {t('apply.clause', { clause: chosen.clause })}
          </p>
        ) : (
          notes('reason')
        )}
        <label className="field">
          <span>{t('apply.purpose')}</span>
          <input className="input" name="purpose" value={form.purpose} maxLength={300} autoComplete="off" placeholder={form.reason || t('apply.purpose_hint')} onChange={(event) => set({ purpose: event.target.value })} />
          {notes('purpose')}
        </label>
        <PlaceField {...placeField('from', t('apply.from'), form.from)} notes={notes('from')} />
        {form.stops.map((stop, index) => (
          <PlaceField key={index} {...placeField(index, t('apply.stop', { n: index + 1 }), stop)} notes={index === 0 ? notes('stops') : null} onRemove={() => set({ stops: form.stops.filter((_, at) => at !== index) })} />
        ))}
        <PlaceField {...placeField('to', t('apply.to'), form.to)} notes={notes('to')} />
        <div className="apply-row">
          <Tick label={t('apply.round_trip')} value={form.is_round_trip} onChange={(is_round_trip) => set({ is_round_trip })} />
          <Button
            look="quiet"
            icon="plus"
            isDisabled={form.stops.length >= 10}
            onPress={() => {
              set({ stops: [...form.stops, NOWHERE] });
              setPicking(form.stops.length);
            }}
          >
            {t('apply.add_stop')}
          </Button>
        </div>
        <div className="apply-two">
          <label className="field">
            <span>{t('apply.begins')}</span>
            <input className="input" type="datetime-local" name="begins" value={form.begins} onChange={(event) => setForm(beginAt(form, event.target.value))} />
          </label>
          <label className="field">
            <span>{t('apply.ends')}</span>
            <input className="input" type="datetime-local" name="ends" value={form.ends} onChange={(event) => set({ ends: event.target.value })} />
          </label>
        </div>
        {notes('begins_at')}
        {notes('ends_at')}
        <div className="apply-two apply-lasts">
          <Pills label={t('apply.lasts')} pills={HOURS.map((n) => ({ id: String(n), text: t('apply.hours', { n }) }))} value={hours === null ? null : String(hours)} onChange={(n) => setForm(lastFor(form, Number(n)))} />
          <label className="field">
            <span>{t('apply.people')}</span>
            <input className="input" type="number" name="people" min={1} max={400} value={form.passenger_count} onChange={(event) => set({ passenger_count: Math.max(1, Math.trunc(Number(event.target.value)) || 1) })} />
          </label>
        </div>
        {notes('passenger_count')}
        <Tick
          label={t('apply.emergency')}
          help={t('apply.emergency_help')}
          value={form.is_emergency}
          onChange={(is_emergency) => setForm({ ...(is_emergency ? beginAt(form, toLocal(firstBegin(Date.now(), true))) : form), is_emergency })}
        />
        <MoreFields form={form} set={set} options={options} notes={notes} />
      </div>
      <footer className="apply-foot">
        <CheckView check={checked} isOld={check.isPlaceholderData || settled !== wish} isOthers={isOthersFleet(form, options)} />
        <Notes notices={[]} error={change.error || (tried && lacks.length > 0 ? t('apply.incomplete') : undefined)} />
        <div className="apply-buttons">
          <Button isDisabled={change.busy || !wish || form.is_emergency} onPress={() => void send(false)}>
            {t('apply.save')}
          </Button>
          <Button look="primary" type="submit" hint="Ctrl ↵" isDisabled={change.busy || isRefused === true}>
            {t(form.is_emergency ? 'apply.submit_emergency' : 'apply.submit')}
          </Button>
        </div>
      </footer>
    </form>
  );
}

/** The way as far as it is said, on the map. */
function useTripMarks(form: Form): void {
  const t = useText();
  const mark = (draft: Draft, label: string): Mark[] => (isPlaced(draft) ? [{ lon: draft.lon, lat: draft.lat, label }] : []);
  const places = [...mark(form.from, t('trips.from_mark')), ...form.stops.flatMap((stop, index) => mark(stop, t('trips.stop_mark', { n: index + 1 }))), ...mark(form.to, t('trips.to_mark'))];
  const isWhole = isPlaced(form.from) && isPlaced(form.to);
  // Flown to when the way is whole, not at every click: the person is choosing on the map.
  useDrawn(places.length > 0 ? { places, isLinked: true, cars: [] } : null, isWhole ? 'whole' : null);
}
