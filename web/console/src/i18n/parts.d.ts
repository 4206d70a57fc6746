/** A language file in two parts; see `vite.config.ts`. */
declare module '*.json?part=first' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=later' {
  const texts: Record<string, string>;
  export default texts;
}
