import { Namespace } from '../../api/kubernetes.js';
import { labels, states } from '../../api/names.js';
import { counted } from '../doctor/finding.js';
import { isDefinition, nameOfPart } from '../put.js';
import type { Survey } from './survey.js';

/** What becomes of what is more than the installation itself. */
export interface UninstallChoice {
  /** Of the containers that claims hold. */
  readonly containers: 'keep' | 'delete';
  /** Of the definitions, and with them of all pools and claims. */
  readonly definitions: 'keep' | 'delete';
}

export interface Outlook {
  /** What goes, a sentence each. */
  readonly goes: readonly string[];
  /** What stays, and how to be rid of it. */
  readonly stays: readonly string[];
}

/** What an uninstallation does, in sentences. Pure. */
export function outlookOf(survey: Survey, namespace: string, { containers, definitions }: UninstallChoice): Outlook {
  const { pools, claims, delivered, stock, ending, gated, parts, nodes, release } = survey;
  const goes: string[] = [];
  const stays: string[] = [];
  const say = (to: string[], count: number, noun: string, rest: string) => {
    if (count > 0) to.push(`${counted(count, noun)}${rest}`);
  };
  say(goes, gated.length, 'pod', ' at the gate: the gate is lifted, they start cold');
  say(goes, nodes.length, 'node', ' marked as stoppable: the marks are taken off');
  if (definitions === 'delete') {
    say(goes, stock.length, 'container', ' in stock: deleted');
    say(goes, ending.length, 'container', ' of claims that are being deleted: deleted');
    say(goes, pools.length, 'pool', ': deleted');
    say(goes, claims.length, 'claim', ': deleted');
    if (containers === 'delete') say(goes, delivered.length, 'container', ' in use: deleted');
    else
      say(
        stays,
        delivered.length,
        'container',
        ` in use, released from ${delivered.length === 1 ? 'its claim' : 'their claims'}: nobody replaces them or takes them back any more; kubectl get pods -A -l ${labels.state}=${states.released}`,
      );
  } else {
    say(stays, pools.length, 'pool', ' and its stock, which nobody refills');
    say(
      stays,
      claims.length,
      'claim',
      ' with its containers; one with a finalizer can be deleted only when an operator runs again',
    );
  }
  const going = parts.filter((part) => definitions === 'delete' || !isDefinition(part));
  goes.push(...going.map((part) => `${nameOfPart(part)}: deleted`));
  for (const part of parts) if (!going.includes(part)) stays.push(nameOfPart(part));
  stays.push(`${Namespace.name.toLowerCase()}/${namespace}, if it is there: kubectl delete namespace ${namespace}`);
  if (release !== undefined)
    stays.push(`Helm's record of release ${release}: helm uninstall ${release} --namespace ${namespace}`);
  return { goes, stays };
}
