/** The two types of hosts of CloudSim's power-aware experiments (CloudSim 4.0). */
import { measuredWatts, type PowerModel, tabulatedPower } from '../../../scheduling/power/power-model.js';

export interface ConsolidationHostType {
  readonly cores: number;
  /** Of each core. */
  readonly coreMips: number;
  /** In MiB. */
  readonly memory: number;
  /** In kbit/s. */
  readonly bandwidth: number;
  readonly power: PowerModel;
}

/** HP ProLiant ML110 G4 and G5. */
export const consolidationHostTypes: Readonly<Record<'G4' | 'G5', ConsolidationHostType>> = {
  G4: { cores: 2, coreMips: 1860, memory: 4096, bandwidth: 1e6, power: tabulatedPower(measuredWatts.g4) },
  G5: { cores: 2, coreMips: 2660, memory: 4096, bandwidth: 1e6, power: tabulatedPower(measuredWatts.g5) },
};

/** Of each machine, in kbit/s. */
export const machineBandwidth = 1e5;
