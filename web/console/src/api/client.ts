/** The one door to the API: same origin, cookie session, CSRF token on every change, problems as values to throw. */

import type { Problem } from './types';

const BASE = '/api/v1';
let csrfToken = '';
let idle: (() => number) | undefined;
let language = 'zh-CN';

export function setCsrfToken(token: string): void {
  csrfToken = token;
}
/** How the service is told for how many seconds nobody has touched the page: its own questions keep no session alive. */
export function setIdleClock(seconds: () => number): void {
  idle = seconds;
}
export function setApiLanguage(tag: string): void {
  language = tag;
}

/** An answer that is an error, in the server's words (`application/problem+json`). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.title ?? problem.code);
  }
  get code(): string {
    return this.problem.code;
  }
}

/** No answer at all: the service or the network is away. */
export class Away extends Error {}

type Query = Record<string, string | number | undefined | null>;

export function url(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return `${BASE}${path}${text ? `?${text}` : ''}`;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await ask(url(path, query), { signal })).json() as Promise<T>;
}

export async function getBytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await ask(url(path), { signal })).arrayBuffer();
}

/** `key` names the attempt: sent again with the same key, the change is made once. */
export async function post<T>(path: string, body: unknown, key?: string): Promise<T> {
  const answer = await ask(url(path), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
  });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Asks for a file by what it is to hold. */
export async function takeFile(path: string, body: unknown): Promise<Blob> {
  const answer = await ask(url(path), { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return answer.blob();
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  const answer = await ask(url(path), { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Sends a file as it is. */
export function upload(path: string, file: Blob, query: Query = {}): Promise<Response> {
  return ask(url(path, query), { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } });
}

/** Sends a file as it is, and tells how far it has gone, from 0 to 1: `fetch` cannot say that. */
export function uploadWatched(path: string, file: Blob, query: Query, watch: (share: number) => void, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url(path, query));
    request.responseType = 'blob';
    for (const [name, value] of named('POST', { 'content-type': 'application/octet-stream' })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && watch(event.loaded / event.total);
    request.onerror = () => reject(new Away('the service does not answer'));
    request.onabort = () => reject(new DOMException('given up', 'AbortError'));
    request.onload = () => {
      const headers = { 'content-type': request.getResponseHeader('content-type') ?? '', 'retry-after': request.getResponseHeader('retry-after') ?? '' };
      const answer = new Response(request.response as Blob, { status: request.status, headers });
      if (answer.ok) resolve(answer);
      else void readProblem(answer).then(reject);
    };
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** `body` says why, where that is asked. */
export async function remove(path: string, body?: unknown): Promise<void> {
  await ask(url(path), { method: 'DELETE', ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
}

/** The headers that every question has: in which language, from which page, and since when nobody has touched it. */
function named(method: string | undefined, own: HeadersInit | undefined): Headers {
  const headers = new Headers(own);
  headers.set('accept-language', language);
  if (method && method !== 'GET' && csrfToken) headers.set('x-csrf-token', csrfToken);
  if (idle) headers.set('x-idle-secs', String(idle()));
  return headers;
}

async function ask(target: string, init: RequestInit): Promise<Response> {
  const headers = named(init.method, init.headers);
  let answer: Response;
  try {
    answer = await fetch(target, { ...init, headers, credentials: 'same-origin' });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Away('the service does not answer', { cause });
  }
  if (answer.ok) return answer;
  throw await readProblem(answer);
}

async function readProblem(answer: Response): Promise<Error> {
  const kind = answer.headers.get('content-type') ?? '';
  if (!kind.includes('json')) {
    // A proxy's own page, not our server's word.
    return answer.status >= 502 ? new Away(`status ${answer.status}`) : new ApiError(answer.status, { code: `http.${answer.status}` });
  }
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  const retry = Number(answer.headers.get('retry-after'));
  return new ApiError(answer.status, {
    ...problem,
    code: problem.code ?? `http.${answer.status}`,
    retry_after_s: problem.retry_after_s ?? (retry > 0 ? retry : undefined),
  });
}
