/** The vehicle card (车辆卡片): everything about one car now. */

import { lazy, Suspense, useState } from 'react';
import { ApiError } from '../api/client';
import { useVehicle } from '../api/queries';
import type { VehicleDetail } from '../api/types';
import { go, setParams } from '../app/route';
import { useLiveTick, useMap, useSecond, useServices } from '../app/services';
import { language, useText, withTexts } from '../i18n';
import { age, compass, dateTime, duration, NONE, number, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton, sayError } from '../ui/states';
import { StatusMark } from '../ui/status';
import { liveView, type LiveView } from './live-view';

const ExemptSheet = lazy(() => withTexts(import('../admin/ExemptSheet'), 'later'));

interface VehicleCardProps {
  id: string;
  following: boolean;
  onFollow: () => void;
  onPlayback: () => void;
  onPapers: () => void;
  onClose: () => void;
}

export default function VehicleCard({ id, following, onFollow, onPlayback, onPapers, onClose }: VehicleCardProps) {
  const t = useText();
  const { live, session } = useServices();
  useLiveTick(live);
  useSecond();
  const [deciding, setDeciding] = useState(false);
  const vehicle = useVehicle(id);
  const detail = vehicle.data;
  const close = <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onClose} />;

  if (!detail) {
    return (
      <section className="panel card" aria-label={t('card.title')} data-covers="right">
        <div className="card-head">{close}</div>
        {vehicle.isPending ? (
          <Skeleton rows={9} />
        ) : vehicle.error instanceof ApiError && vehicle.error.status === 404 ? (
          <Empty title={t('card.not_found')} />
        ) : vehicle.error instanceof ApiError && vehicle.error.status === 403 ? (
          <Empty title={sayError(vehicle.error)} />
        ) : (
          <Failed error={vehicle.error} retry={() => void vehicle.refetch()} />
        )}
      </section>
    );
  }
  const now = liveView(detail, live);
  return (
    <section className="panel card" aria-label={t('card.of', { plate: detail.plate })} data-covers="right">
      <div className="card-head">
        <div>
          <h2>{plate(detail.plate)}</h2>
          <p className="card-unit">
            {detail.alias ? `${detail.alias} · ` : ''}
            {detail.unit_name}
          </p>
        </div>
        {close}
      </div>
      <div className="card-actions">
        <Button icon="follow" hint="F" aria-pressed={following} isDisabled={!now.hasPosition} onPress={onFollow}>
          {following ? t('card.following') : t('card.follow')}
        </Button>
        <Button icon="replay" hint="P" isDisabled={detail.exempt} onPress={onPlayback}>
          {t('card.playback')}
        </Button>
        <Button icon="log" onPress={onPapers}>
          {t('card.papers')}
        </Button>
        <Button icon="book" hint="L" onPress={() => go(`/life?car=${encodeURIComponent(id)}`)}>
          {t('card.life')}
        </Button>
        {session.permissions.includes('exempt_vehicles') && (
          <Button onPress={() => setDeciding(true)}>{t(detail.exempt ? 'exempt.end' : 'exempt.begin')}</Button>
        )}
      </div>
      <div className="card-body" tabIndex={0} role="group" aria-label={t('card.details')}>
        {vehicle.isError && <p className="notice">{t('card.stale')}</p>}
        {detail.seal && <Sealed seal={detail.seal} />}
        {detail.exempt ? (
          <Empty title={t('exempt.mark')}>
            <p>{t('exempt.mark_text')}</p>
          </Empty>
        ) : (
          <Motion now={now} />
        )}
        <Alarms detail={detail} />
        {detail.live && (detail.live.trouble_codes?.length ?? 0) > 0 && (
          <div className="notice notice-bad">
            <strong>{t('card.trouble')}</strong> <span className="mono">{detail.live.trouble_codes!.join('  ')}</span>
          </div>
        )}
        <Energy detail={detail} />
        <TractionLine detail={detail} />
        {!detail.exempt && <TodayFigures detail={detail} />}
        <Facts detail={detail} now={now} />
      </div>
      {deciding && (
        <Suspense fallback={null}>
          <ExemptSheet vehicle={detail} onClose={() => setDeciding(false)} />
        </Suspense>
      )}
    </section>
  );
}

/** Under seal (封存中): nobody is given the car; said where it is looked at. */
function Sealed({ seal }: { seal: NonNullable<VehicleDetail['seal']> }) {
  const t = useText();
  const facts = { from: dateTime(seal.from), until: dateTime(seal.until), place: seal.place, reason: seal.reason };
  return (
    <p className="card-sealed">
      <span className="tag">{t('card.sealed')}</span> {t(seal.until ? 'card.sealed_until' : 'card.sealed_since', facts)}
    </p>
  );
}

function Motion({ now }: { now: LiveView }) {
  const t = useText();
  const heading = now.headingDeg;
  if (!now.hasPosition) {
    return (
      <Empty title={t('card.never_title')}>
        <p>{t('card.never_text')}</p>
      </Empty>
    );
  }
  return (
    <div className="card-motion">
      <div>
        <StatusMark status={now.status} />
        <p className="muted">
          {t(`motion.${now.motion}`)}
          {' · '}
          {age(now.ageSeconds)}
        </p>
      </div>
      <div className="card-speed">
        <strong className="num">{number(now.speedKmh)}</strong>
        <span>km/h</span>
      </div>
      <div className="card-heading">
        <svg viewBox="0 0 32 32" width="34" height="34" aria-hidden="true">
          <circle cx="16" cy="16" r="14.5" className="dial" />
          {heading !== null && <path d="M16 5 20.5 21 16 18.2 11.5 21Z" className="needle" transform={`rotate(${heading} 16 16)`} />}
        </svg>
        <span>{compass(heading)}</span>
      </div>
    </div>
  );
}

function Energy({ detail }: { detail: VehicleDetail }) {
  const t = useText();
  const level = detail.live?.soc_pct ?? detail.live?.fuel_pct ?? null;
  if (level === null) return null;
  const electric = detail.live?.soc_pct != null;
  const litres = !electric && detail.live?.fuel_l != null ? t('unit.l', { n: number(detail.live.fuel_l, 1) }) : null;
  return (
    <div className="card-energy">
      <span>
        {t(electric ? 'card.soc' : 'card.fuel')}
        {detail.live?.charging && <span className="tag">{t('card.charging')}</span>}
      </span>
      <meter min={0} max={100} low={20} optimum={100} value={level} aria-label={t(electric ? 'card.soc' : 'card.fuel')} />
      <span className="num">
        {number(level)}%{litres && <span className="muted"> {litres}</span>}
      </span>
    </div>
  );
}

/** The alarms that last (未结束报警), by name and colour; the colour is said too. */
function Alarms({ detail }: { detail: VehicleDetail }) {
  const t = useText();
  if ((detail.open_alarms ?? []).length === 0) return null;
  return (
    <ul className="card-alarms" aria-label={t('card.alarms')}>
      {detail.open_alarms.map((alarm) => (
        <li key={alarm.id} className={`card-alarm card-alarm-${alarm.colour}`}>
          <strong>{language() === 'en' ? alarm.name_en : alarm.name_zh}</strong>
          <span className="visually-hidden">{t(`card.alarm_${alarm.colour}`)}</span>
          <span className="num">
            {alarm.code ? `${alarm.code} · ` : ''}
            {dateTime(alarm.raised_at)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The electric side (三电): charging, voltage, current, insulation, as far as the vehicle tells them. */
function TractionLine({ detail }: { detail: VehicleDetail }) {
  const t = useText();
  const traction = detail.live?.traction;
  if (!traction) return null;
  const figures: [string, string | null][] = [
    [t('card.charge_state'), traction.charge_state ? t(`charge.${traction.charge_state}`, { defaultValue: traction.charge_state }) : null],
    [t('card.pack_voltage'), traction.voltage_v != null ? `${number(traction.voltage_v, 1)} V` : null],
    [t('card.pack_current'), traction.current_a != null ? `${number(traction.current_a, 1)} A` : null],
    [t('card.insulation'), traction.insulation_kohm != null ? `${number(traction.insulation_kohm)} kΩ` : null],
  ];
  return (
    <section className="card-today" aria-label={t('card.traction')}>
      <h3>{t('card.traction')}</h3>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num card-traction">{value ?? NONE}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function TodayFigures({ detail }: { detail: VehicleDetail }) {
  const t = useText();
  const { today } = detail;
  if (!today) return null;
  const figures = [
    [t('card.today_km'), number(today.distance_km, 1), 'km'],
    [t('card.today_trips'), number(today.trips), t('unit.trips')],
    [t('card.today_driving'), duration(today.driving_s), ''],
    [t('card.today_max'), number(today.max_speed_kmh), 'km/h'],
  ];
  return (
    <section className="card-today" aria-label={t('card.today')}>
      <h3>{t('card.today')}</h3>
      <dl>
        {figures.map(([name, value, unit]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">
              {value}
              {unit && <small> {unit}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Facts({ detail, now }: { detail: VehicleDetail; now: LiveView }) {
  const t = useText();
  const map = useMap();
  const { live } = detail;
  const place = live?.lon != null && live.lat != null ? map?.districtAt(live.lon, live.lat) : null;
  const yesNo = (value: boolean | null | undefined) => (value === null || value === undefined ? NONE : t(value ? 'card.on' : 'card.off'));
  const rows: [string, React.ReactNode][] = [
    [t('card.place'), live?.lon != null && live.lat != null ? <Position lon={live.lon} lat={live.lat} place={place ?? null} /> : NONE],
    [t('card.fixed_at'), <span className="num">{dateTime(now.fixedAt)}</span>],
    [t('card.received_at'), <span className="num">{dateTime(heardAt(live?.received_at ?? null, now.fixedAt))}</span>],
    [t('card.odometer'), <span className="num">{live?.odometer_km != null ? `${number(live.odometer_km, 1)} km` : NONE}</span>],
    [t('card.ignition'), yesNo(live?.ignition)],
    [t('card.voltage'), <span className="num">{live?.voltage_v != null ? `${number(live.voltage_v, 1)} V` : NONE}</span>],
    [t('card.trouble'), (live?.trouble_codes?.length ?? 0) > 0 ? <span className="mono">{live!.trouble_codes!.join(' ')}</span> : live?.trouble_codes ? t('card.no_trouble') : t('card.trouble_unknown')],
    [t('card.category'), known(t, 'category', detail.category)],
    [t('card.powertrain'), known(t, 'powertrain', detail.powertrain)],
    [t('card.model'), [detail.model, detail.seats ? t('unit.seats', { n: detail.seats }) : null].filter(Boolean).join(' · ') || NONE],
    [t('card.asset'), known(t, 'asset', detail.asset_status)],
    ['VIN', <span className="mono">{detail.vin ?? NONE}</span>],
    [t('card.device'), <Terminals detail={detail} />],
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Terminals({ detail }: { detail: VehicleDetail }) {
  const t = useText();
  const { session } = useServices();
  const mayOpen = session.permissions.includes('watch_terminals');
  const bound = detail.devices.filter((device) => device.bound_to === null);
  if (bound.length === 0) return t('card.no_device');
  return bound.map((device) => (
    <span key={device.id}>
      {mayOpen ? (
        <button type="button" className="link mono" onClick={() => setParams({ terminal: device.id })}>
          {device.terminal_id}
        </button>
      ) : (
        <span className="mono">{device.terminal_id}</span>
      )}
      {device.model && <span className="muted"> {device.model}</span>}
    </span>
  ));
}

function Position({ lon, lat, place }: { lon: number; lat: number; place: string | null }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const text = `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  return (
    <span className="position">
      <span>
        {place && <>{place} </>}
        <span className="num muted">{text}</span>
      </span>
      <Button
        look="quiet"
        icon={copied ? 'check' : 'copy'}
        aria-label={t('card.copy_position')}
        onPress={() => {
          void navigator.clipboard?.writeText(text).then(() => setCopied(true));
          setTimeout(() => setCopied(false), 1500);
        }}
      />
    </span>
  );
}

/** The live channel tells of newer fixes than the card's last answer: it was heard then, at the latest. */
function heardAt(receivedAt: string | null, fixedAt: number | null): number | null {
  if (receivedAt === null) return fixedAt;
  return Math.max(Date.parse(receivedAt), fixedAt ?? 0);
}

/** The word of a code list, or the code itself where the list is older than the server. */
function known(t: ReturnType<typeof useText>, list: string, code: string | null): string {
  return code ? t(`${list}.${code}`, { defaultValue: code }) : NONE;
}
