/**
 * Restarts owners of pods that should have a tap and have none, one owner at a time, after a dry
 * run of the next pod.
 *
 * <p>What is missing is said by {@link io.podtap.injector.repair.audit}. The controller has one
 * thread; of several replicas one acts, the holder of a Lease.
 *
 * @see "Kubernetes documentation, Disruptions; API-initiated Eviction; Leases"
 */
@NullMarked
package io.podtap.injector.repair;

import org.jspecify.annotations.NullMarked;
