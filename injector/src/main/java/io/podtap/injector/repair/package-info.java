/**
 * Pods that should have a tap and have none: found, explained, and on request made anew.
 *
 * <ol>
 *   <li>{@link io.podtap.injector.repair.ClusterPods} lists what there is
 *   <li>{@link io.podtap.injector.repair.PodAudit} says of each pod whether a tap is missing, with
 *       the injector's own rules, and {@link io.podtap.injector.repair.Cause} why
 *   <li>the controller tells it, and restarts owners, one at a time
 * </ol>
 *
 * <p>Judgements are pure. The controller has one thread; of several replicas one acts, the holder
 * of a Lease.
 *
 * @see "Kubernetes documentation, Disruptions; API-initiated Eviction; Leases"
 */
@NullMarked
package io.podtap.injector.repair;

import org.jspecify.annotations.NullMarked;
