/** Runs the playback: the instant lives outside React and is told to it ten times a second. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Track } from '../api/types';
import { useMap } from '../app/services';
import { exposePlayback } from '../map/debug';
import { advance, momentAt, type Rate, RATES } from './player';

export interface Player {
  at: number;
  playing: boolean;
  rate: Rate;
  toggle: () => void;
  seek: (at: number) => void;
  /** The instant itself, which may be a little ahead of what was last told. */
  exact: () => number;
  setRate: (rate: Rate) => void;
  stepRate: (by: 1 | -1) => void;
}

const TELL_MS = 100;

export function usePlayer(track: Track | null, day: string | null): Player {
  const map = useMap();
  const exact = useRef(0);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState<Rate>(8);
  const first = track?.t[0] ?? 0;
  const last = track ? (track.t[track.count - 1] ?? 0) : 0;

  const show = useCallback(
    (keepInView: boolean) => {
      if (!track || track.count === 0) return map?.showHead(null, false);
      const moment = momentAt(track, exact.current);
      map?.showHead({ lon: moment.lon, lat: moment.lat, heading: moment.headingDeg }, keepInView);
    },
    [map, track],
  );

  // Another day begins at its beginning.
  useEffect(() => {
    exact.current = first;
    setAt(first);
    setPlaying(false);
    show(false);
  }, [first, show]);
  useEffect(() => () => map?.showHead(null, false), [map]);

  useEffect(() => {
    if (!playing || !track) return;
    let frame = 0;
    let before = performance.now();
    let told = 0;
    const run = (now: number) => {
      // A tab that slept does not make the car leap.
      const elapsed = Math.min(250, Math.max(0, now - before));
      before = now;
      const next = advance(track, exact.current, elapsed, rate);
      exact.current = next.at;
      show(true);
      if (next.ended || now - told >= TELL_MS) {
        told = now;
        setAt(next.at);
      }
      if (next.ended) setPlaying(false);
      else frame = requestAnimationFrame(run);
    };
    frame = requestAnimationFrame(run);
    return () => {
      cancelAnimationFrame(frame);
      setAt(exact.current);
    };
  }, [playing, rate, track, show]);

  const seek = useCallback(
    (to: number) => {
      exact.current = Math.min(last, Math.max(first, to));
      setAt(exact.current);
      show(true);
    },
    [first, last, show],
  );
  const toggle = useCallback(() => {
    if (!track || track.count === 0) return;
    setPlaying((on) => {
      // Played to its end, it plays from the beginning again.
      if (!on && exact.current >= last) exact.current = first;
      return !on;
    });
  }, [track, first, last]);
  const stepRate = useCallback((by: 1 | -1) => setRate((now) => RATES[Math.min(RATES.length - 1, Math.max(0, RATES.indexOf(now) + by))]!), []);

  useEffect(() => {
    exposePlayback(() => {
      if (!track || track.count === 0) return null;
      const { lon, lat } = momentAt(track, exact.current);
      return { day, at: exact.current, from: first, to: last, playing, rate, lon, lat, fixes: track.count };
    });
    return () => exposePlayback(null);
  }, [track, day, first, last, playing, rate]);

  return { at, playing, rate, toggle, seek, exact: () => exact.current, setRate, stepRate };
}
