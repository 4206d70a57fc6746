/** A language file in parts; see `vite.config.ts`. */
declare module '*.json?part=first' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=later' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=errors' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=people' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=driver' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=trips' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=oversight' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=whole' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=life' {
  const texts: Record<string, string>;
  export default texts;
}
declare module '*.json?part=money' {
  const texts: Record<string, string>;
  export default texts;
}
