/** The sound of an emergency (声音提醒): made here, no file from anywhere; switched off for this browser by who works in it. */

import { useSyncExternalStore } from 'react';
import type { Tone } from './urgent';

const KEY = 'motorpool.sound';
const HEARD = 'motorpool.heard';

export interface Beep {
  /** Seconds after the beginning, and how long. */
  at: number;
  length: number;
  hz: number;
}

/** A call for help is told from an alarm by ear: three falling pairs, and two beeps of one height. */
export const BEEPS: Record<Tone, Beep[]> = {
  help: [0, 0.5, 1].flatMap((at) => [
    { at, length: 0.18, hz: 988 },
    { at: at + 0.2, length: 0.22, hz: 740 },
  ]),
  alarm: [0, 0.3].map((at) => ({ at, length: 0.18, hz: 660 })),
};

const listeners = new Set<() => void>();

function stored(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage it holds until the page is closed.
  }
}

let off = stored(KEY) === 'off';

export function setSound(on: boolean): void {
  off = !on;
  store(KEY, on ? 'on' : 'off');
  for (const listener of listeners) listener();
}

/** Whether emergencies are heard in this browser. */
export function useSound(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => !off,
  );
}

let heardHere = '';
/** The newest that was heard in any window of this browser. */
export function heard(): string {
  const there = stored(HEARD);
  return there > heardHere ? there : heardHere;
}
export function setHeard(id: string): void {
  heardHere = id;
  store(HEARD, id);
}

/** Browsers let a page sound only once somebody has touched it: until then it waits for that. Returns how to let it be. */
export function whenTouched(run: () => void): () => void {
  if (navigator.userActivation?.hasBeenActive ?? true) {
    run();
    return () => {};
  }
  const names = ['pointerdown', 'keydown'] as const;
  const leave = () => names.forEach((name) => removeEventListener(name, touched, true));
  const touched = () => {
    leave();
    run();
  };
  for (const name of names) addEventListener(name, touched, true);
  return leave;
}

let context: AudioContext | null = null;

export function ring(tone: Tone): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  void context.resume();
  const now = context.currentTime + 0.05;
  for (const { at, length, hz } of BEEPS[tone]) {
    const wave = context.createOscillator();
    const volume = context.createGain();
    wave.type = 'triangle';
    wave.frequency.value = hz;
    // It swells and fades within hundredths of a second: a tone that is cut crackles.
    volume.gain.setValueAtTime(0, now + at);
    volume.gain.linearRampToValueAtTime(0.32, now + at + 0.02);
    volume.gain.setValueAtTime(0.32, now + at + length - 0.04);
    volume.gain.linearRampToValueAtTime(0, now + at + length);
    wave.connect(volume).connect(context.destination);
    wave.start(now + at);
    wave.stop(now + at + length);
  }
}
