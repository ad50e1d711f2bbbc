ts
export function a(b: number): string { return `${b}`; }
