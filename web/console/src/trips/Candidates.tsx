/** Who could go (候选车辆、驾驶员): the best first, those that a rule refuses last, with the rule. */

import { useText } from '../i18n';
import { number, plate } from '../ui/format';
import { Empty, Failed, Skeleton } from '../ui/states';
import type { useCandidates } from './api';
import type { Choice } from './choice';
import type { DriverCandidate, Refusal, VehicleCandidate } from './types';
import { km, shortTime } from './words';

/** Rows that are drawn; more than these nobody reads. */
const MOST = 30;

interface ListProps {
  candidates: ReturnType<typeof useCandidates>;
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

export function CandidateLists({ candidates, choice, onChoose }: ListProps) {
  const t = useText();
  if (candidates.isPending) return <Skeleton rows={5} kind="row" />;
  if (!candidates.data) return <Failed error={candidates.error} retry={() => void candidates.refetch()} />;
  const { vehicles, drivers } = candidates.data;
  const isNone = !vehicles.some((one) => one.refused.length === 0);
  return (
    <>
      <fieldset className="candidates">
        <legend>{t('order.vehicles')}</legend>
        {isNone && (
          <Empty title={t('order.no_vehicle')}>
            <RefusedBy list={vehicles} />
          </Empty>
        )}
        {vehicles.slice(0, MOST).map((one, index) => (
          <label key={one.vehicle_id} className="candidate" data-refused={one.refused.length > 0 || undefined}>
            <input type="radio" name="vehicle" disabled={one.refused.length > 0} checked={choice.vehicle === one.vehicle_id} onChange={() => onChoose({ ...choice, vehicle: one.vehicle_id })} />
            {index < 9 && one.refused.length === 0 && <kbd aria-hidden="true">{index + 1}</kbd>}
            <VehicleLine vehicle={one} />
          </label>
        ))}
      </fieldset>
      <fieldset className="candidates">
        <legend>{t('order.drivers')}</legend>
        {!drivers.some((one) => one.refused.length === 0) && (
          <Empty title={t('order.no_driver')}>
            <RefusedBy list={drivers} />
          </Empty>
        )}
        {drivers.slice(0, MOST).map((one) => (
          <label key={one.driver_id} className="candidate" data-refused={one.refused.length > 0 || undefined}>
            <input type="radio" name="driver" disabled={one.refused.length > 0} checked={choice.driver === one.driver_id} onChange={() => onChoose({ ...choice, driver: one.driver_id })} />
            <DriverLine driver={one} />
          </label>
        ))}
      </fieldset>
    </>
  );
}

export function VehicleLine({ vehicle }: { vehicle: VehicleCandidate }) {
  const t = useText();
  const level = vehicle.soc_pct ?? vehicle.fuel_pct;
  return (
    <span className="candidate-words">
      <span>
        <strong>{plate(vehicle.plate)}</strong> <span className="muted">{vehicle.model}</span> {vehicle.is_substitute && <span className="trip-tag">{t('order.substitute')}</span>}
      </span>
      <span className="muted num">
        {vehicle.away_m === null ? t('order.nowhere') : t('trips.away', { km: km(vehicle.away_m) })} · {t('unit.seats', { n: vehicle.seats })}
        {level !== null && ` · ${t(vehicle.soc_pct !== null ? 'order.soc' : 'order.fuel', { n: number(level) })}`} · {vehicle.unit_name}
      </span>
      <Refusals refused={vehicle.refused} until={vehicle.taken_until} />
    </span>
  );
}

function DriverLine({ driver }: { driver: DriverCandidate }) {
  return (
    <span className="candidate-words">
      <span>
        <strong>{driver.name}</strong> <span className="muted num">{driver.phone}</span> <span className="trip-tag">{driver.licence_class}</span>
      </span>
      <Refusals refused={driver.refused} until={driver.taken_until} />
    </span>
  );
}

function Refusals({ refused, until }: { refused: Refusal[]; until: string | null }) {
  const t = useText();
  if (refused.length === 0) return null;
  return (
    <span className="candidate-refused">
      {refused.map((refusal) => refusal.title).join(t('trips.join'))}
      {until && <span className="num"> {t('order.taken_until', { at: shortTime(until) })}</span>}
    </span>
  );
}

/** Which rule refused how many. */
function RefusedBy({ list }: { list: { refused: Refusal[] }[] }) {
  const t = useText();
  const counts = new Map<string, number>();
  for (const { refused } of list) for (const { title } of refused) counts.set(title, (counts.get(title) ?? 0) + 1);
  if (counts.size === 0) return <p>{t('order.none_known')}</p>;
  return (
    <ul className="refused-by">
      {[...counts].map(([title, n]) => (
        <li key={title}>{t('order.refused_by', { title, n })}</li>
      ))}
    </ul>
  );
}
