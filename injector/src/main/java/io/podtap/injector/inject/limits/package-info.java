/**
 * What a namespace lets pods use, and whether it would refuse a pod: LimitRanges and ResourceQuotas
 * in the API server's own arithmetic.
 *
 * <p>In: trees of pods, LimitRanges and ResourceQuotas. Out: amounts by resource, or why a pod
 * would be refused. Pure; any thread.
 *
 * @see "k8s.io/kubernetes/plugin/pkg/admission/limitranger, resourcequota"
 */
@NullMarked
package io.podtap.injector.inject.limits;

import org.jspecify.annotations.NullMarked;
