/** Suppliers' cars for a trip (租赁车辆): new energy first, each with its price and what is said of its supplier. */

import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { yuan } from './words';

export type RentalOffers = components['schemas']['RentalOffers'];

export function useRentals(request: string, isAsked: boolean) {
  return useQuery({
    queryKey: ['trips', 'rentals', request],
    queryFn: ({ signal }) => get<RentalOffers>(`/trip-requests/${request}/rentals`, {}, signal),
    enabled: isAsked,
  });
}

/** Taking this car passes over a new-energy one that is offered: the order says why. */
export function passesOver(offers: RentalOffers | undefined, vehicle: string | undefined): boolean {
  const taken = offers?.items.find((offer) => offer.vehicle_id === vehicle);
  return offers?.new_energy_first === true && taken !== undefined && !taken.is_new_energy;
}

interface RentalsProps {
  offers: RentalOffers | undefined;
  vehicle: string | null;
  onChoose: (vehicle: string) => void;
}

export function Rentals({ offers, vehicle, onChoose }: RentalsProps) {
  const t = useText();
  if (!offers || offers.items.length === 0) return null;
  return (
    <fieldset className="candidates">
      <legend>{t('order.rentals')}</legend>
      {offers.items.map((offer) => (
        <label key={offer.vehicle_id} className="candidate">
          <input type="radio" name="rental" checked={vehicle === offer.vehicle_id} onChange={() => onChoose(offer.vehicle_id)} />
          <span className="candidate-words">
            <span>
              <strong>{plate(offer.plate)}</strong> <span className="muted">{offer.model}</span> {offer.is_new_energy && <span className="trip-tag">{t('order.new_energy')}</span>}
            </span>
            <span className="muted num">
              {offer.supplier} {offer.stars_hundredths !== null && offer.stars_hundredths !== undefined && `★ ${(offer.stars_hundredths / 100).toFixed(1)}`} · {yuan(offer.price_fen)}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
