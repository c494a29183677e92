/** Which series are the operator's own, where names are shared with every other program of this kind. */

/** The ServiceMonitor names its job after the Service; who scrapes otherwise should let `penstock` be part of the job. */
export const ours = 'job=~".*penstock.*"';

/** A regular expression for the names of its controllers, which are those of their queues too. */
export const ourControllers = 'pools|claims|deployments';
