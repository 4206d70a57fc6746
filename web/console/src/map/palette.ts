/** The map's colours, by theme. The four vehicle colours are the interface's own. */

import type { Theme } from '../app/theme';
import type { VehicleLook } from './vehicle-layer';

export interface Palette {
  beyond: string;
  land: string;
  district: string;
  districtLine: string;
  water: string;
  boundary: string;
  label: string;
  labelHalo: string;
  road: string;
  roadCasing: string;
  highway: string;
  highwayCasing: string;
  plate: string;
  plateHalo: string;
  bubble: string;
  bubbleText: string;
  bubbleLine: string;
  gap: string;
  /** Track colours by speed, km/h. */
  speeds: [number, string][];
  vehicles: VehicleLook;
}

const rgb = (hex: string): [number, number, number] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];

const LIGHT: Palette = {
  beyond: '#d7e4ee',
  land: '#eff1f0',
  district: '#f8f8f5',
  districtLine: '#b9bccb',
  water: '#bcd8ef',
  boundary: '#8c8fa6',
  label: '#4b5362',
  labelHalo: '#ffffff',
  road: '#ffffff',
  roadCasing: '#cfd4da',
  highway: '#fbe3b0',
  highwayCasing: '#dcbb77',
  plate: '#1a2029',
  plateHalo: '#ffffff',
  bubble: '#ffffff',
  bubbleText: '#1a2029',
  bubbleLine: '#0b57c2',
  gap: '#626d7c',
  speeds: [
    [0, '#7a3ea8'],
    [20, '#2f62d9'],
    [45, '#0f8f8a'],
    [70, '#3f9b2f'],
    [100, '#d98a00'],
    [125, '#cf2a1f'],
  ],
  vehicles: { colours: [rgb('#12893f'), rgb('#1d5fd0'), rgb('#69727e'), rgb('#cf2a1f')], edge: rgb('#ffffff'), accent: rgb('#0b57c2') },
};

const DARK: Palette = {
  beyond: '#0d1b29',
  land: '#10151b',
  district: '#161c23',
  districtLine: '#3c4757',
  water: '#12304b',
  boundary: '#566177',
  label: '#a9b4c2',
  labelHalo: '#10151b',
  road: '#323d4b',
  roadCasing: '#1b222b',
  highway: '#5b5038',
  highwayCasing: '#1f1c14',
  plate: '#eef2f6',
  plateHalo: '#0d1117',
  bubble: '#1c232c',
  bubbleText: '#eef2f6',
  bubbleLine: '#7db2ff',
  gap: '#97a3b2',
  speeds: [
    [0, '#b98be0'],
    [20, '#6c9bff'],
    [45, '#3cc7c0'],
    [70, '#7fd36b'],
    [100, '#f2b548'],
    [125, '#ff7a6e'],
  ],
  vehicles: { colours: [rgb('#4ccb7a'), rgb('#6aa6ff'), rgb('#98a2ae'), rgb('#ff7a6e')], edge: rgb('#0d1117'), accent: rgb('#7db2ff') },
};

export function palette(theme: Theme): Palette {
  return theme === 'dark' ? DARK : LIGHT;
}

export function speedColour(kmh: number | null, colours: Palette['speeds']): string {
  let colour = colours[0]![1];
  for (const [from, next] of colours) if ((kmh ?? 0) >= from) colour = next;
  return colour;
}
