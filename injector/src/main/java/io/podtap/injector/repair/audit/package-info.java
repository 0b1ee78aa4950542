/**
 * Says of pods and their owners whether a tap is missing, broken or refused, and why; changes
 * nothing. {@code podtap check} prints it, {@link io.podtap.injector.repair} acts on it.
 *
 * <ol>
 *   <li>{@link io.podtap.injector.repair.audit.ClusterPods} lists what there is
 *   <li>{@link io.podtap.injector.repair.audit.PodAudit} says of each pod whether a tap is missing,
 *       with the injector's own rules, and {@link io.podtap.injector.repair.audit.Cause} why
 *   <li>{@link io.podtap.injector.repair.audit.OwnerAudit} finds owners that get no pods because of
 *       a tap
 * </ol>
 */
@NullMarked
package io.podtap.injector.repair.audit;

import org.jspecify.annotations.NullMarked;
