/** The variable of the environment that names the folder of the public traces. */
export const tracesVariable = 'PENSTOCK_TRACES';
