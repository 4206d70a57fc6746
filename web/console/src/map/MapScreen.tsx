/** The map and everything that floats over it (一张图). Panels are search parameters; the map itself never unmounts. */

import 'maplibre-gl/dist/maplibre-gl.css';
import '../styles/map.css';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useVehicle } from '../api/queries';
import type { Config } from '../api/types';
import { useKeys } from '../app/keys';
import { go, setParams, usePlace } from '../app/route';
import { setMap, useLiveState, useMap, useServices } from '../app/services';
import { isWide, useWide } from '../app/wide';
import { FleetPanel } from '../fleet/FleetPanel';
import { language, useText, withTexts } from '../i18n';
import { type Status, STATUSES } from '../live/fleet';
import { exposeDebug } from './debug';
import { createMap } from './map';
import { isEmbedded } from './style';
import { MapTools } from './MapTools';
import { askNames, learn, nameOf } from './plates';
import { usePanelPadding } from './padding';

const DocumentsDrawer = lazy(() => withTexts(import('../documents/DocumentsDrawer'), 'later'));
/** Asked for as soon as the map stands, so that the first car that is chosen has its card at once. */
const vehicleCard = () => import('../fleet/VehicleCard');
const VehicleCard = lazy(vehicleCard);
const PlaybackPanel = lazy(() => withTexts(import('../playback/PlaybackPanel'), 'later'));
const Dock = lazy(() => withTexts(import('../trips/Dock'), 'trips'));

/** Who has to do with trips has the dock. */
const TRIPS = ['request_trips', 'approve_trips', 'dispatch_trips', 'watch_trips'];
/** Panels of the dock, in which `J` and `K` mean its papers. */
const DOCKED = ['approvals', 'dispatch', 'mine', 'trips', 'apply', 'board'];

export default function MapScreen({ active }: { active: boolean }) {
  const t = useText();
  const { live, session } = useServices();
  const { params } = usePlace();
  const watches = session.permissions.includes('watch_vehicles');
  const hasDock = TRIPS.some((one) => session.permissions.includes(one));
  const wide = useWide();
  const holder = useRef<HTMLDivElement>(null);
  const map = useMapIn(holder);
  const [following, setFollowing] = useState(false);
  const [panelOpen, setPanelOpen] = useState(true);

  const chosen = params.get('v');
  const playback = params.get('panel') === 'playback' && chosen !== null;
  const papers = chosen !== null && params.get('panel') === 'documents';
  const panel = params.get('panel') ?? '';
  const isDocked = hasDock && DOCKED.includes(panel);
  const status = STATUSES.find((name) => name === params.get('status')) ?? null;
  const vehicle = useVehicle(chosen);
  const no = vehicle.data?.no ?? null;

  const choose = useCallback((id: string | null, how: 'push' | 'replace' = 'push') => {
    setFollowing(false);
    // Where there is room, what is open in the dock stays open beside the card.
    const kept = isWide() && DOCKED.includes(new URLSearchParams(location.search).get('panel') ?? '');
    setParams({ v: id, day: null, ...(kept ? {} : { panel: null, id: null }) }, how);
  }, []);

  useEffect(() => {
    if (vehicle.data) learn([vehicle.data]);
  }, [vehicle.data]);
  // During playback the car is where it was, not where it is.
  useEffect(() => map?.select(playback ? null : no), [map, no, playback]);
  useEffect(() => map?.follow(following && !playback ? no : null), [map, no, following, playback]);
  useEffect(() => map?.setShown(status ? 1 << STATUSES.indexOf(status) : 15), [map, status]);
  useEffect(() => {
    if (map) void vehicleCard();
  }, [map]);
  useEffect(() => {
    map?.onDrag(() => setFollowing(false));
    map?.onPick((picked) => {
      if (picked === null) return;
      void askNames([picked]).then(() => {
        const name = nameOf(picked);
        if (name) choose(name.id);
      });
    });
  }, [map, choose]);
  useStale();
  usePanelPadding(map, holder, `${chosen !== null}${playback}${panelOpen}${panel}${wide}`);

  // A view that names a vehicle starts where the vehicle is.
  const flown = useRef<string | null>(null);
  useEffect(() => {
    if (!map || no === null || playback || flown.current === chosen) return;
    const at = vehicle.data?.live;
    flown.current = chosen;
    if (at?.lon == null || at.lat == null) return;
    // The card has just opened: what it covers is known a moment later.
    const { lon, lat } = at;
    requestAnimationFrame(() => map.isInSight(lon, lat) || map.flyToVehicle(no));
  }, [map, no, chosen, playback, vehicle.data]);

  const pickStatus = (name: Status | null) => setParams({ status: name === status ? null : name }, 'replace');
  useKeys(
    {
      '1': () => (isDocked ? false : pickStatus('running')),
      '2': () => (isDocked ? false : pickStatus('still')),
      '3': () => (isDocked ? false : pickStatus('offline')),
      '4': () => (isDocked ? false : pickStatus('faulty')),
      '5': () => (isDocked ? false : setParams({ status: null }, 'replace')),
      '+': () => map?.zoomBy(1),
      '=': () => map?.zoomBy(1),
      '-': () => map?.zoomBy(-1),
      '0': () => map?.fitFleet(),
      '[': () => setPanelOpen((open) => !open),
      f: () => (no === null || playback ? false : setFollowing((on) => !on)),
      p: () => (chosen === null ? false : setParams({ panel: playback ? null : 'playback', day: null })),
      l: () => (chosen === null ? false : go(`/life?car=${encodeURIComponent(chosen)}`)),
      Escape: () => {
        // What lies on top is closed first: a drawer looks after itself.
        if (params.get('terminal') !== null || papers) return false;
        if (playback) setParams({ panel: null, day: null });
        else if (following) setFollowing(false);
        else if (chosen && !isDocked) choose(null);
        else return false;
      },
    },
    active,
  );

  return (
    <main id="main" tabIndex={-1} className={`map-screen${active ? '' : ' map-away'}${playback ? ' with-playback' : ''}${chosen ? ' with-card' : ''}${hasDock ? ' with-dock' : ''}`} inert={!active}>
      <h1 className="visually-hidden">{t('nav.map')}</h1>
      <div ref={holder} className="map-holder" />
      {watches && (
        <FleetPanel
          isOpen={panelOpen}
          onToggle={() => setPanelOpen((open) => !open)}
          chosen={chosen}
          onChoose={(summary) => {
            learn([summary]);
            flown.current = summary.id;
            choose(summary.id);
            map?.flyToVehicle(summary.no);
          }}
          status={status}
          onStatus={pickStatus}
          keysOn={active && !isDocked}
        />
      )}
      <MapTools map={map} hasLegend={watches} />
      {hasDock && !playback && (
        <Suspense fallback={null}>
          <Dock isPinned={wide} hasCard={chosen !== null} keysOn={active} />
        </Suspense>
      )}
      {chosen && !playback && (
        <Suspense fallback={null}>
          <VehicleCard
            key={chosen}
            id={chosen}
            following={following}
            onFollow={() => setFollowing((on) => !on)}
            onPlayback={() => setParams({ panel: 'playback', day: null })}
            onPapers={() => setParams({ panel: 'documents', day: null })}
            onClose={() => choose(null)}
          />
        </Suspense>
      )}
      {papers && (
        <Suspense fallback={null}>
          <DocumentsDrawer key={chosen} id={chosen} onClose={() => setParams({ panel: null })} />
        </Suspense>
      )}
      {playback && (
        <Suspense fallback={null}>
          <PlaybackPanel key={chosen} id={chosen} day={params.get('day')} onClose={() => setParams({ panel: null, day: null })} keysOn={active} />
        </Suspense>
      )}
    </main>
  );

  function useStale() {
    const state = useLiveState(live);
    useEffect(() => map?.setStale(state === 'waiting'), [state]);
  }
}

/** Whose map it is; a map of one's own brings its words along. They are shown as HTML, so they are made harmless. */
function attributionOf(map: Config['map'], t: ReturnType<typeof useText>): string {
  const words = isEmbedded(map) ? [t('map.attribution')] : [map.attribution, map.approval_number && t('map.approval', { number: map.approval_number })];
  const holder = document.createElement('span');
  holder.textContent = words.filter(Boolean).join(' · ');
  return holder.innerHTML;
}

function useMapIn(holder: React.RefObject<HTMLDivElement | null>) {
  const t = useText();
  const { live, config } = useServices();
  const map = useMap();
  const lng = language();
  const texts = { nameField: lng === 'en' ? 'name_en' : 'name', attribution: attributionOf(config.map, t), canvas: t('map.canvas') } as const;
  const first = useRef(texts);
  useEffect(() => {
    if (!holder.current) return;
    const made = createMap(holder.current, live, config.map, first.current);
    setMap(made);
    const hide = exposeDebug(made, live);
    return () => {
      hide();
      setMap(null);
      made.destroy();
    };
  }, [holder, live, config.map]);
  useEffect(() => {
    map?.setTexts(texts);
    // The texts follow the language alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, lng]);
  return map;
}
