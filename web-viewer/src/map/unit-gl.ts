export interface Program {
  program: WebGLProgram;
  /** Where a uniform lives; asked once. */
  at(name: string): WebGLUniformLocation | null;
}

export function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    // A lost context gives no shader; the layer is added again when it returns.
    if (shader === null) continue;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new Error(`failed to compile a unit shader: ${gl.getShaderInfoLog(shader)}`);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  const known = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    at(name) {
      let location = known.get(name);
      if (location === undefined) {
        location = gl.getUniformLocation(program, name);
        known.set(name, location);
      }
      return location;
    },
  };
}

/** `matrix` after a shift by (x, y), multiplied in double precision and only then made 32-bit. */
export function shifted(matrix: ArrayLike<number>, x: number, y: number): Float32Array {
  const out = new Float32Array(16);
  for (let i = 0; i < 16; i += 1) out[i] = matrix[i] ?? 0;
  for (let row = 0; row < 4; row += 1) {
    out[12 + row] = (matrix[row] ?? 0) * x + (matrix[4 + row] ?? 0) * y + (matrix[12 + row] ?? 0);
  }
  return out;
}
